/** docs/from-mod_wsgi.md speaks of every directive of mod_wsgi, and of none of ours that does not exist. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const page = read('docs/from-mod_wsgi.md');

/** The command table of mod_wsgi 4.9. */
const ofModWsgi = `
  WSGIAcceptMutex WSGIAccessScript WSGIApplicationGroup WSGIApplicationWrapper WSGIAuthGroupScript WSGIAuthUserScript
  WSGICallableObject WSGICaseSensitivity WSGIChunkedRequest WSGIDaemonProcess WSGIDestroyInterpreter WSGIDispatchScript
  WSGIDontWriteBytecode WSGIEnableSendfile WSGIErrorOverride WSGIGroupAuthoritative WSGIHandlerScript WSGIIgnoreActivity
  WSGIImportScript WSGILazyInitialization WSGIMapHEADToGET WSGINewRelicConfigFile WSGINewRelicEnvironment
  WSGIPassApacheRequest WSGIPassAuthorization WSGIProcessGroup WSGIPythonEggs WSGIPythonHashSeed WSGIPythonHome
  WSGIPythonOptimize WSGIPythonPath WSGIPythonWarnings WSGIRestrictEmbedded WSGIRestrictProcess WSGIRestrictSignal
  WSGIRestrictStdin WSGIRestrictStdout WSGIScriptAlias WSGIScriptAliasMatch WSGIScriptReloading WSGIServerMetrics
  WSGISocketPrefix WSGISocketRotation WSGITrustedProxies WSGITrustedProxyHeaders WSGIVerboseDebugging`;

it('has a row for each directive of mod_wsgi', () => {
  const rows = page.split('\n').flatMap((line) => /^\| (.*?) \|/.exec(line)?.[1] ?? []);
  const named = new Set(rows.join(' ').match(/\bWSGI\w+/g));
  expect([...named].sort()).toEqual(ofModWsgi.trim().split(/\s+/).sort());
});

it('names directives of ours that there are, and leaves none out', () => {
  const ours = new Set(read('apache-module/mod_tsgi_directive.c').match(/(?<=")TSGI\w+(?=")/g));
  expect(ours.size).toBeGreaterThan(10);
  expect([...new Set(page.match(/\bTSGI(?!_)\w+/g))].sort()).toEqual([...ours].sort());
});
