/** Builds a Java client with its own tests, and says how the machine's Java is led to the official hosts. */
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { must } from './tools.js';

const LIBRARIES = [
  'com.alibaba.fastjson2:fastjson2:2.0.56',
  'junit:junit:4.13.1',
  'org.hamcrest:hamcrest-core:1.3',
];
const PASSWORD = 'changeit';

/**
 * Compiles the sources at `from` beside the runner of single tests, their tests' constants replaced by one's own. Returns
 * what `java` is started with, up to the name of the class.
 */
export async function buildJava(
  folder: string,
  from: string,
  env: Readonly<Record<string, string>>,
  constants: Readonly<Record<string, string>>,
): Promise<string[]> {
  const built = join(folder, 'java');
  await rm(join(built, 'src'), { recursive: true, force: true });
  await mkdir(join(built, 'lib'), { recursive: true });
  await cp(from, join(built, 'src'), { recursive: true });
  await cp(fileURLToPath(new URL('OneTest.java', import.meta.url)), join(built, 'src', 'OneTest.java'));
  for (const library of LIBRARIES) {
    await must(
      'mvn',
      ['-q', '-B', 'dependency:copy', `-Dartifact=${library}`, `-DoutputDirectory=${join(built, 'lib')}`],
      {
        cwd: built,
      },
    );
  }
  const sources = (await readdir(join(built, 'src'), { recursive: true })).filter((path) =>
    path.endsWith('.java'),
  );
  for (const path of sources.filter((one) => one.includes('Test'))) {
    const file = join(built, 'src', path);
    let text = await readFile(file, 'utf8');
    for (const [constant, own] of Object.entries(constants)) {
      text = text.replaceAll(constant, own);
    }
    await writeFile(file, text);
  }
  const libraries = (await readdir(join(built, 'lib'))).map((name) => join(built, 'lib', name));
  const path = [join(built, 'classes'), ...libraries].join(delimiter);
  const files = sources.map((one) => join(built, 'src', one));
  await must('javac', ['-encoding', 'UTF-8', '-nowarn', '-d', join(built, 'classes'), '-cp', path, ...files]);
  return ['-cp', path, '-Dfile.encoding=UTF-8', ...(await trust(built, env))];
}

/** Java reads neither the environment's proxy nor a certificate that is not in a store of its own. */
async function trust(built: string, env: Readonly<Record<string, string>>): Promise<string[]> {
  const store = join(built, 'trusted.p12');
  if (existsSync(store)) {
    await rm(store);
  }
  const file = [
    '-file',
    env.SSL_CERT_FILE ?? '',
    '-keystore',
    store,
    '-storepass',
    PASSWORD,
    '-storetype',
    'PKCS12',
  ];
  await must('keytool', ['-importcert', '-noprompt', '-alias', 'official', ...file]);
  const { hostname, port } = new URL(env.HTTPS_PROXY ?? '');
  return [
    `-Dhttps.proxyHost=${hostname}`,
    `-Dhttps.proxyPort=${port}`,
    `-Djavax.net.ssl.trustStore=${store}`,
    `-Djavax.net.ssl.trustStorePassword=${PASSWORD}`,
  ];
}
