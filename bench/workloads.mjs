/** What is asked of the peers, in the order in which it is measured. */
import { frameworks } from './workloads/frameworks.mjs';
import { headers } from './workloads/headers.mjs';
import { hello } from './workloads/hello.mjs';
import { megabyte } from './workloads/megabyte.mjs';
import { post } from './workloads/post.mjs';

export const workloads = [hello, headers, post, megabyte];

/** With `--frameworks`. */
export { frameworks };
