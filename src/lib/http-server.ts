/** Opens the HTTP server: for long addresses, and deaf to uploads that nobody here would read. */
import { createServer, type RequestListener, type Server } from 'node:http';

/** Long messages come as a part of the address too (Bark, Server酱): some 7,000 Chinese characters, escaped. */
const MAX_HEAD_BYTES = 65_536;
/** No door reads a body of more. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/**
 * Makes a server that is not listening yet. Who asks before sending a body (`Expect: 100-continue`, as curl does from a
 * megabyte on) is told to go on only where somebody might read it: else the refusal is the first thing that they hear.
 */
export function createHttpServer(answer: RequestListener): Server {
  const server = createServer({ maxHeaderSize: MAX_HEAD_BYTES }, answer);
  server.on('checkContinue', (request, response) => {
    if (Number(request.headers['content-length'] ?? 0) <= MAX_BODY_BYTES) {
      response.writeContinue();
    }
    answer(request, response);
  });
  return server;
}
