/** Programs that send by a person's key, ready to paste: the same request for curl, Python and Node. */

/** One program. */
export interface KeyExample {
  name: 'curl' | 'Python' | 'Node';
  source: string;
}

/** A request that a key allows. Without a body it is a GET. */
export interface KeyRequest {
  url: string;
  headers?: Readonly<Record<string, string>>;
  json?: Readonly<Record<string, unknown>>;
}

/** The three programs of a request. None of its values may hold a quote. */
export function writeKeyExamples(request: KeyRequest): KeyExample[] {
  return [
    { name: 'curl', source: writeCurl(request) },
    { name: 'Python', source: writePython(request) },
    { name: 'Node', source: writeNode(request) },
  ];
}

function headersOf({ headers = {}, json }: KeyRequest): [string, string][] {
  return Object.entries({ ...(json ? { 'Content-Type': 'application/json' } : {}), ...headers });
}

function writeCurl(request: KeyRequest): string {
  const headers = headersOf(request).map(([name, value]) => `-H '${name}: ${value}'`);
  const body = request.json ? [`-d '${JSON.stringify(request.json, null, 1).replace(/\n\s*/g, ' ')}'`] : [];
  return [`curl '${request.url}'`, ...headers, ...body].join(' \\\n  ');
}

function writePython(request: KeyRequest): string {
  const data = request.json ? '\n    data=json.dumps(message).encode(),' : '';
  return `import json
import urllib.request

${request.json ? `message = ${toPython(request.json)}\n` : ''}request = urllib.request.Request(
    "${request.url}",${data}
    headers=${JSON.stringify(Object.fromEntries(headersOf(request)))},
)
with urllib.request.urlopen(request, timeout=10) as answer:
    print(json.load(answer))`;
}

function writeNode(request: KeyRequest): string {
  const headers = `headers: ${toScript(Object.fromEntries(headersOf(request)))},`;
  const options = request.json
    ? `  method: 'POST',\n  ${headers}\n  body: JSON.stringify(${toScript(request.json)}),`
    : `  ${headers}`;
  return `fetch('${request.url}', {
${options}
})
  .then((answer) => answer.json())
  .then(console.log, console.error);`;
}

/** An object as people write it in Python. */
function toPython(value: Readonly<Record<string, unknown>>): string {
  const fields = Object.entries(value).map(
    ([name, one]) =>
      `    "${name}": ${typeof one === 'boolean' ? (one ? 'True' : 'False') : JSON.stringify(one)},\n`,
  );
  return `{\n${fields.join('')}}`;
}

/** An object as people write it in JavaScript. */
function toScript(value: Readonly<Record<string, unknown>>): string {
  const fields = Object.entries(value).map(([name, one]) => {
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : `'${name}'`;
    return `${key}: ${typeof one === 'string' ? `'${one.replaceAll('\n', '\\n')}'` : JSON.stringify(one)}`;
  });
  return `{ ${fields.join(', ')} }`;
}
