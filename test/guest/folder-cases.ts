/** The working folder, which each isolate has to itself. */
import { readlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { script, type Guest } from './guest';

const home = dirname(script('host.mjs'));

/** Of the server's process: applications never change it. */
const folderOf = (pid: number): string => readlinkSync(`/proc/${pid}/cwd`);

/** Runs the code in another folder, and goes back. */
const elsewhere = (folder: string, code: string): string => `
  process.chdir(${JSON.stringify(folder)});
  try { ${code} } finally { process.chdir(${JSON.stringify(home)}); }`;

export function folderCases(guest: Guest): void {
  fileCases(guest);
  childCases(guest);
  changeCases(guest);
}

function fileCases(guest: Guest): void {
  describe('the working folder', () => {
    it('is that of the script', async () => {
      const code = `
      const path = require('path');
      return [process.cwd(), path.resolve('a'), path.relative('', '/'), require('url').pathToFileURL('a').pathname]`;
      const up = '../'.repeat(home.split('/').length - 1).slice(0, -1);
      expect(await guest.run(code)).toEqual([home, `${home}/a`, up, `${home}/a`]);
    });

    it.each([
      ['at once', `fs.readFileSync('main.cjs')`],
      ['by a buffer', `fs.readFileSync(Buffer.from('main.cjs'))`],
      ['with a promise', `await fs.promises.readFile('main.cjs')`],
      ['with a callback', `await util.promisify(fs.readFile)('main.cjs')`],
      ['as a stream', `Buffer.concat(await fs.createReadStream('main.cjs').toArray())`],
      ['by its real name', `fs.readFileSync(fs.realpathSync.native('main.cjs'))`],
      ['by a descriptor', `fs.readFileSync(fs.openSync('main.cjs'))`],
      ['if it exists', `(await util.promisify(fs.exists)('main.cjs')) && fs.readFileSync('main.cjs')`],
      ['in an absolute path', `fs.readFileSync(process.argv[1].replace('host.mjs', 'main.cjs'))`],
      ['in a URL', `fs.readFileSync(new URL('main.cjs', require('url').pathToFileURL(process.argv[1])))`],
    ])('is where files are found: %s', async (_how, read) => {
      const code = `
      const fs = require('fs'); const util = require('util');
      const found = ${read};
      return found.equals(fs.readFileSync(${JSON.stringify(script('main.cjs'))}))`;
      expect(await guest.run(code)).toBe(true);
    });

    it('is where files are copied, and what links say is left alone', async () => {
      const code = `
      const fs = require('fs');
      const folder = fs.mkdtempSync(require('os').tmpdir() + '/tsgi-guest-');
      process.chdir(folder);
      try {
        fs.writeFileSync('a', 'text'); fs.copyFileSync('a', 'b'); fs.renameSync('b', 'c'); fs.symlinkSync('c', 'd');
        await fs.promises.rename('a', 'e'); fs.mkdtempSync('f-');
        const names = fs.readdirSync('.').map((name) => name.replace(/f-.*/, 'f-'));
        return [names, fs.readlinkSync('d'), fs.readFileSync('d', 'utf8'), process.cwd() === fs.realpathSync(folder)];
      } finally {
        process.chdir(${JSON.stringify(home)});
        fs.rmSync(folder, { recursive: true });
      }`;
      expect(await guest.run(code)).toEqual([['c', 'd', 'e', 'f-'], 'c', 'text', true]);
    });
  });
}

function childCases(guest: Guest): void {
  describe('the working folder', () => {
    it.each([
      ['execFileSync', `execFileSync('pwd').toString()`],
      ['execSync, with options', `execSync('pwd', { encoding: 'utf8' })`],
      ['spawnSync, with a list', `spawnSync('pwd', []).stdout.toString()`],
      ['spawnSync, with nothing', `spawnSync('pwd', undefined, undefined).stdout.toString()`],
      ['exec', `await new Promise((done) => exec('pwd', (error, text) => done(error ?? text)))`],
      ['a folder relative to it', `execSync('pwd', { cwd: 'guest/..' }).toString()`],
    ])('is where programs begin: %s', async (_how, run) => {
      const code = elsewhere(`${home}/..`, `return ${run.replace(/\b(exec|spawn)/, "require('child_process').$1")}`);
      expect(await guest.run(code.replace('guest/..', 'apps/..'))).toBe(`${dirname(home)}\n`);
    });

    it('is where threads begin, who do not change it', async () => {
      const source = `
      const { parentPort } = require('worker_threads');
      const attempt = () => { try { process.chdir('/') } catch (error) { return error.code } };
      parentPort.postMessage([process.cwd(), require('fs').existsSync('process-cases.ts'), attempt()])`;
      const code = elsewhere(
        dirname(home),
        `const { Worker } = require('worker_threads');
        return await new Promise((resolve, reject) =>
          new Worker(${JSON.stringify(source)}, { eval: true }).on('message', resolve).on('error', reject))`,
      );
      expect(await guest.run(code)).toEqual([dirname(home), true, 'ERR_WORKER_UNSUPPORTED_OPERATION']);
    });
  });
}

function changeCases(guest: Guest): void {
  describe('the working folder', () => {
    it('is changed for the isolate alone', async () => {
      const before = folderOf(guest.site.worker);
      await guest.run('process.chdir("..")');
      try {
        expect(await guest.run('return process.cwd()')).toBe(dirname(home));
        expect(await guest.run('return process.cwd()', '/without-node')).toBe(home);
        expect(folderOf(guest.site.worker)).toBe(before);
      } finally {
        await guest.run(`process.chdir(${JSON.stringify(home)})`);
      }
    });

    it.each([
      ['nowhere', 'ENOENT', `ENOENT: no such file or directory, chdir '${home}' -> 'nowhere'`],
      ['main.cjs', 'ENOTDIR', `ENOTDIR: not a directory, chdir '${home}' -> 'main.cjs'`],
      ['', 'ENOENT', `ENOENT: no such file or directory, chdir '${home}' -> ''`],
    ])('is not changed to %j', async (folder, code, message) => {
      expect(await guest.refusal(`process.chdir(${JSON.stringify(folder)})`)).toMatchObject({ code, message });
      expect(await guest.run('return process.cwd()')).toBe(home);
    });

    it('is changed to a string only', async () => {
      expect(await guest.refusal('process.chdir(1)')).toMatchObject({
        code: 'ERR_INVALID_ARG_TYPE',
        name: 'TypeError',
      });
    });
  });
}
