/** Worker: the ceiling of everything that is asked over HTTP: Koa, a router and a body parser that answer fixed bytes. */
import type { AddressInfo } from 'node:net';
import Router from '@koa/router';
import Koa from 'koa';
import getRawBody from 'raw-body';
import { parseFlatXml } from '#src/lib/xml.js';
import { readInput } from './answer.js';

/** What the app answers, and how it reads a body. */
export interface BareInput {
  path: string;
  form: 'json' | 'xml';
  /** An answer of the server itself, taken before. */
  body: string;
  type: string;
}

const { path, form, body, type } = readInput<BareInput>();
const router = new Router();
router.post(path, async (ctx) => {
  const text = await getRawBody(ctx.req, { length: ctx.req.headers['content-length'], encoding: 'utf8' });
  ctx.state.body = form === 'json' ? JSON.parse(text) : await parseFlatXml(text);
  ctx.type = type;
  ctx.body = form === 'json' ? JSON.parse(body) : body;
});
const app = new Koa();
app.use(router.routes());
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
