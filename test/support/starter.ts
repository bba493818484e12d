/** A process that starts a server of ours and dies without a word. */
import { spawn } from 'node:child_process';
import { isRunning } from './process';

/** The server's processes, which ran when their starter was killed. */
export async function startAndKillStarter(module: string, start: string): Promise<number[]> {
  const url = new URL(`../../scripts/lib/${module}`, import.meta.url).href;
  const code = `const { ${start}: start } = await import(${JSON.stringify(url)});
    const { masterPid, workerPids } = await start();
    console.log(JSON.stringify([masterPid, ...workerPids()]));`;
  const starter = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve, reject) => {
    starter.stdout.once('data', (text) => resolve(String(text)));
    starter.once('exit', () => reject(new Error('the starter ended by itself')));
  });
  const pids = JSON.parse(line) as number[];
  if (!pids.every(isRunning)) {
    throw new Error('the server did not live to see its starter die');
  }
  starter.kill('SIGKILL');
  return pids;
}
