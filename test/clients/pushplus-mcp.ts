/** Talks to PushPlus's own MCP server as a host program does: JSON-RPC, a line a message, over its standard input and output. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What a tool answered: the text that a person reads, and whether the server itself calls it an error. */
export interface ToolAnswer {
  text: string;
  isError: boolean;
}

/** A started server. */
export interface McpServer {
  /** Its name and version, as it introduced itself. */
  version: string;
  call(tool: string, args: Record<string, unknown>): Promise<ToolAnswer>;
  close(): void;
}

interface Line {
  id?: number;
  result?: { serverInfo?: { version: string }; content?: { text: string }[]; isError?: boolean };
  error?: { message: string };
}

/** Starts the server that was built at `script`. */
export async function openMcpServer(script: string, env: Record<string, string>): Promise<McpServer> {
  const child: ChildProcess = spawn(process.execPath, [script], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting = new Map<number, (line: Line) => void>();
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (text) => {
      if (text.startsWith('{')) {
        const line = JSON.parse(text) as Line;
        waiting.get(line.id ?? 0)?.(line);
      }
    });
  }
  let last = 0;
  const tell = (message: object): void => {
    child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  };
  const ask = (method: string, params: object): Promise<Line> => {
    last += 1;
    const id = last;
    return new Promise((resolve) => {
      waiting.set(id, resolve);
      tell({ id, method, params });
    });
  };
  const hello = await ask('initialize', {
    protocolVersion: '2025-03-26',
    capabilities: {},
    clientInfo: { name: 'qingniao-test', version: '1' },
  });
  tell({ method: 'notifications/initialized' });
  return {
    version: hello.result?.serverInfo?.version ?? '',
    call: async (name, args) => {
      const { result, error } = await ask('tools/call', { name, arguments: args });
      return {
        text: error?.message ?? result?.content?.map((part) => part.text).join('\n') ?? '',
        isError: error !== undefined || result?.isError === true,
      };
    },
    close: () => child.kill(),
  };
}
