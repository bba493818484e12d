/**
 * What a thread needs that an application has started: loaded in it before its own code, by `--require`, as
 * workers.ts asks for. Its environment and its output are those that its parent gives it.
 */
import { claimThread } from '../binding';
import { installThread } from './thread';

claimThread();
installThread((reason) => {
  throw new Error(`${reason} is for the main thread of the application`);
});
process.execArgv.splice(process.execArgv.indexOf('--require'), 2);
