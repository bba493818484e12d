import { checkHeaders, checkHints, TsgiError, type Headers } from '../spec';
import type { Exchange } from './exchange';
import { checkFieldCount, fieldCount, loadCuts, packHead } from './head';
import { expired } from './response';

/** `tsgi.early_hints`: sends a 103 (RFC 8297). */
export function earlyHints(exchange: Exchange, headers: Headers): void {
  if (exchange.ended) {
    throw expired('tsgi.early_hints');
  }
  TsgiError.check(checkHeaders(headers) ?? checkHints(exchange.response.state));
  const { binding } = exchange;
  const head = packHead('Early Hints', headers, false);
  checkFieldCount(binding, head);
  loadCuts(binding, head);
  const status = binding.inform(exchange.handle, 103, head.text, fieldCount(head));
  if (status < 0) {
    exchange.refused(status);
  }
}
