/** Worker: a thousand developers' endpoints in one process; some answer, some fail, some never answer. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { percentilesOf } from '#bench/stats.js';

/** Text in an event by which its age can be told: `@1700000000000@`. */
const STAMP = /@(\d{13})@/;

let ages: number[] = [];
let counts = { healthy: 0, failing: 0, hanging: 0 };

const server = createServer((request, response) => {
  const [, kind] = (request.url ?? '').split('/');
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => {
    text += chunk;
  });
  request.on('end', () => {
    if (kind === 'hanging') {
      counts.hanging += 1;
      return;
    }
    if (kind === 'failing') {
      counts.failing += 1;
      response.writeHead(500).end('no');
      return;
    }
    if (kind === 'healthy') {
      counts.healthy += 1;
      const stamp = STAMP.exec(text)?.[1];
      if (stamp) {
        ages.push(Date.now() - Number(stamp));
      }
      response.writeHead(200).end('ok');
      return;
    }
    response.end(JSON.stringify({ counts, ages: percentilesOf(ages) }));
    if (kind === 'reset') {
      counts = { healthy: 0, failing: 0, hanging: 0 };
      ages = [];
    }
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
