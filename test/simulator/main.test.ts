/** The simulator as a command: its flags, its first line, its end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { BUILT } from '#test/support/processes.js';
import { ask } from './sim-world.js';

function run(...flags: string[]): { child: ChildProcess; output: () => string; line: () => Promise<string> } {
  const child = spawn(process.execPath, [...BUILT, 'dist/simulator/main.js', ...flags]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let output = '';
  const more = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout.on('data', more);
  child.stderr.on('data', more);
  const line = async () => {
    while (!output.includes('\n') && child.exitCode === null) {
      await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
    }
    return output;
  };
  return { child, output: () => output, line };
}

it('listens with the account of its flags, says where, and ends on SIGTERM', async () => {
  const own = [
    '--app-id',
    'wx9',
    '--secret',
    's9',
    '--token',
    't9',
    '--mode',
    'safe',
    '--aes-key',
    'A'.repeat(43),
  ];
  const { child, line } = run(
    '--port',
    '0',
    '--push-to',
    'http://127.0.0.1:1/wechat',
    '--wecom-push-to',
    'http://127.0.0.1:1/wecom',
    '--smtp-port',
    '0',
    ...own,
  );
  const base = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(await line())?.[1] ?? '';
  expect(await ask(`${base}/api/account`)).toMatchObject({
    body: { appId: 'wx9', mode: 'safe', pushTo: 'http://127.0.0.1:1/wechat' },
  });
  expect(await ask(`${base}/api/wecom`)).toMatchObject({ body: { pushTo: 'http://127.0.0.1:1/wecom' } });
  const token = await ask(`${base}/wechat/cgi-bin/token?grant_type=client_credential&appid=wx9&secret=s9`);
  expect(token.body.expires_in).toBe(7200);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

it.each([
  [['--bogus'], '--bogus'],
  [['extra'], 'extra'],
  [['--mode', 'loud'], '--mode'],
  [['--port', '70000'], '--port'],
  [['--smtp-port', 'x'], '--smtp-port'],
  [['--aes-key', 'short'], 'EncodingAESKey'],
  [['--push-to', 'localhost:8080'], '--push-to'],
  [['--wecom-push-to', 'localhost:8080'], '--wecom-push-to'],
  [['--wecom-aes-key', 'short'], 'EncodingAESKey'],
])('stops at %j with one line that names it', async (flags, named) => {
  const { child, output } = run(...flags);
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(output()).toMatch(/^simulator: [^\n]+\n$/);
  expect(output()).toContain(named);
});
