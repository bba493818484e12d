import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nginxText, startNginx } from '../lib/nginx.mjs';

const title = 'nginx `return 200`';

/** nginx refuses a longer parameter. */
const LONGEST_TEXT = 2048;

/** @type {import('../lib/peer.mjs').Peer} */
export const nginxReturn = {
  name: 'nginx-return',
  title,
  serves: () => true,
  start({ request: { path }, answer: { type, body } }) {
    return body.length <= LONGEST_TEXT
      ? startNginx(title, 'nginx-return.conf', { type: nginxText(type), text: nginxText(body.toString()) })
      : startNginx(title, 'nginx-file.conf', { type: nginxText(type), path }, (folder) =>
          writeFileSync(join(folder, 'answer'), body),
        );
  },
};
