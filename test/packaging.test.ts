/** Lints what cannot be run here: the Dockerfile, compose.yaml and the unit of systemd keep the rules that protect. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { judge, listLicences } from '#prisma/licences.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const DIGEST = /@sha256:[0-9a-f]{64}$/;

describe('the Dockerfile', () => {
  const text = read('Dockerfile');
  const lines = text.replace(/\\\n/g, '').split('\n');
  const ofKind = (kind: string): string[] =>
    lines.filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(kind.length + 1));
  const final = text.slice(text.lastIndexOf('\nFROM '));

  it('names its base by digest, once for both stages', () => {
    expect(ofKind('ARG')).toEqual([expect.stringMatching(/^NODE_IMAGE=node:24[\w.-]*@sha256:[0-9a-f]{64}$/)]);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Docker's own placeholder.
    expect(ofKind('FROM').map((line) => line.split(' ')[0])).toEqual(['${NODE_IMAGE}', '${NODE_IMAGE}']);
  });

  it('ends as a user without rights who owns the data folder alone', () => {
    expect(ofKind('USER')).toEqual(['node']);
    expect(final.indexOf('\nUSER node')).toBeLessThan(final.indexOf('\nCMD'));
    expect(final).toContain('install -d -o node -g node -m 0700 /data');
    expect(final.match(/chown\S*/g)).toEqual(['chown=root:root']);
  });

  it('leaves no package manager and installs nothing in the end', () => {
    expect(final).toMatch(/^RUN rm -rf .*\/bin\/npm .*corepack/m);
    expect(final).not.toMatch(/npm (?:ci|install)|apt-get|apk |curl|wget/);
  });

  it('does not open a sandbox to everybody', () => {
    expect(ofKind('ENV').join(' ')).not.toMatch(/HOST|SANDBOX_ANYWHERE|ALLOW_PRIVATE_TARGETS/);
  });

  it('tells Docker whether it is healthy, and runs what the README starts', () => {
    expect(text).toMatch(/^HEALTHCHECK .*\/healthz/m);
    const [node, ...args] = JSON.parse(ofKind('CMD').at(-1) ?? '[]') as string[];
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    expect([node, ...args].join(' ')).toBe(scripts.start?.replace('exec ', ''));
  });

  it('gets nothing of this machine', () => {
    const ignored = read('.dockerignore').split('\n');
    for (const name of ['.git', '.env', '*.env', 'data', 'node_modules']) {
      expect(ignored).toContain(name);
    }
  });
});

describe('compose.yaml', () => {
  interface Service {
    profiles?: string[];
    image: string;
    user?: string;
    ports?: string[];
    environment?: Record<string, string>;
    volumes?: string[];
    [rule: string]: unknown;
  }
  const { services, volumes } = parse(read('compose.yaml'), { merge: true }) as {
    services: Record<string, Service>;
    volumes: Record<string, unknown>;
  };
  const all = Object.entries(services);

  it.each(all)('%s has no rights, writes to its volume alone, and is limited', (_, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      mem_limit: expect.any(String),
      pids_limit: expect.any(Number),
      stop_grace_period: '45s',
    });
    expect(service.user).toMatch(/^(?:node|postgres)$/);
    for (const bad of ['privileged', 'cap_add', 'network_mode', 'pid', 'devices']) {
      expect(service).not.toHaveProperty(bad);
    }
    for (const volume of service.volumes ?? []) {
      expect(Object.keys(volumes)).toContain(volume.split(':')[0]);
    }
  });

  it('opens ports to this machine alone, and none of the database', () => {
    const ports = all.flatMap(([, service]) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(0);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    expect(services.postgresql?.ports).toBeUndefined();
  });

  it('runs without PostgreSQL and with it', () => {
    const of = (profile: string) =>
      all.filter(([, { profiles }]) => profiles?.includes(profile)).map(([name]) => name);
    expect(of('sqlite')).toEqual(['qingniao']);
    expect(of('postgresql')).toEqual(['api', 'worker', 'postgresql']);
    expect(services.api?.environment?.ROLE).toBe('api');
    expect(services.worker?.environment?.DATABASE_URL).toBe(services.api?.environment?.DATABASE_URL);
    expect(services.postgresql?.image).toMatch(DIGEST);
  });

  it('holds no secret', () => {
    const secrets = all.flatMap(([, { environment = {} }]) =>
      Object.entries(environment).filter(([name]) => /PASSWORD|TOKEN|KEY/.test(name)),
    );
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Docker's own placeholder.
    expect(secrets).toEqual([['POSTGRES_PASSWORD', '${POSTGRES_PASSWORD:-}']]);
  });
});

describe('the unit of systemd', () => {
  const text = read('docs/qingniao.service');
  const has = new Map(
    text
      .split('\n')
      .filter((line) => /^\w+=/.test(line))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const),
  );

  it.each([
    ['UMask', '0077'],
    ['CapabilityBoundingSet', ''],
    ['AmbientCapabilities', ''],
    ['NoNewPrivileges', 'true'],
    ['ProtectSystem', 'strict'],
    ['ProtectHome', 'true'],
    ['PrivateTmp', 'true'],
    ['PrivateDevices', 'true'],
    ['ProtectKernelTunables', 'true'],
    ['ProtectControlGroups', 'true'],
    ['RestrictAddressFamilies', 'AF_INET AF_INET6 AF_UNIX'],
    ['RestrictNamespaces', 'true'],
    ['SystemCallArchitectures', 'native'],
    ['StateDirectoryMode', '0700'],
    ['User', 'qingniao'],
  ])('%s=%s', (name, value) => expect(has.get(name)).toBe(value));

  it('filters system calls, and lets no code be written', () => {
    expect(text).toMatch(/^SystemCallFilter=@system-service$/m);
    expect(text).toMatch(/^SystemCallFilter=~@privileged$/m);
    expect(text).not.toMatch(/ReadWritePaths|BindPaths/);
    expect(has.get('StateDirectory')).toBe('qingniao');
    expect(has.get('Environment')).toContain('DATA_DIR=/var/lib/qingniao');
  });

  it('runs what npm start runs', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    expect(has.get('ExecStart')).toBe(scripts.start?.replace('exec node', '/usr/bin/node'));
  });

  const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0;
  it.skipIf(!hasAnalyze)(
    `systemd finds little exposed${hasAnalyze ? '' : ' (skipped: systemd-analyze is not installed)'}`,
    () => {
      const args = ['security', '--offline=true', '--threshold=20', '--no-pager', 'docs/qingniao.service'];
      const { status, stdout, stderr } = spawnSync('systemd-analyze', args, { cwd: root, encoding: 'utf8' });
      // Versions before 250 know no offline look.
      if (!/unrecognized option/.test(stderr)) {
        expect([status, stderr, stdout.trim().split('\n').at(-1)]).toEqual([
          0,
          '',
          expect.stringContaining('OK'),
        ]);
      }
    },
  );

  it('is shown as it is in running.md', () => {
    expect(read('docs/running.md')).toContain(`\`\`\`ini\n${text}\`\`\``);
  });
});

describe('licences', () => {
  it('of all production packages are ones that were looked at', () => {
    const packages = listLicences(root);
    expect(packages.length).toBeGreaterThan(100);
    expect(packages.filter(({ objection }) => objection !== '')).toEqual([]);
  });

  it.each([
    ['x', 'GPL-3.0', /not in the list/],
    ['x', 'none stated', /not in the list/],
    ['x', 'MIT AND GPL-3.0', /not in the list/],
    ['x', '(GPL-2.0 OR MIT)', /^$/],
    ['elkjs', 'GPL-3.0', /was looked at as EPL-2.0/],
  ])('%s under %s', (name, licence, objection) => expect(judge(name, licence)).toMatch(objection));
});
