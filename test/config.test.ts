/** Settings: defaults, every bad value by name, misspelt names, all problems at once, and no secret in any of it. */
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Config, ConfigError, parseConfig, SETTINGS } from '#src/config.js';

const KEY = Buffer.alloc(32, 7).toString('base64');
const AES_KEY = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFE';
const ACCOUNT = { WECHAT_APP_ID: 'wx1', WECHAT_APP_SECRET: 'secret-of-wx1', WECHAT_TOKEN: 'tokenofwx1' };
const SMS = {
  SMS_ACCESS_KEY_ID: 'key',
  SMS_ACCESS_KEY_SECRET: 'secret-of-key',
  SMS_SIGN_NAME: '青鸟',
  SMS_TEMPLATE_CODE: 'SMS_7',
};
const SMS_ACCOUNT = {
  accessKeyId: 'key',
  accessKeySecret: 'secret-of-key',
  signName: '青鸟',
  templateCode: 'SMS_7',
  codeTemplate: null,
};

/** The problems of an environment; none when it is fine. */
function problemsOf(env: Record<string, string | undefined>): readonly string[] {
  try {
    parseConfig(env);
    return [];
  } catch (error) {
    return error instanceof ConfigError ? error.problems : [`another error: ${error}`];
  }
}

describe('without any setting', () => {
  const config = parseConfig({});

  it('is a sandbox on this machine alone, with the simulator’s account', () => {
    expect(config).toMatchObject({
      port: 8080,
      host: '127.0.0.1',
      publicUrl: null,
      trustProxy: 0,
      dataDir: resolve('./data'),
      databaseUrl: `file:${join(resolve('./data'), 'qingniao.db')}`,
      secretKey: null,
      adminToken: null,
      allowedHosts: [],
      maxWrongKeys: 60,
      securityContact: null,
      role: 'all',
      sandbox: true,
      allowPrivateTargets: true,
      simulatorSmtpPort: 2525,
      logLevel: 'info',
      mailer: null,
      sms: { accessKeyId: 'simkey', accessKeySecret: 'simsmssecret', templateCode: 'SMS_1' },
    });
    expect(config.wechat).toMatchObject({
      appId: 'wx0000000000000001',
      templateId: 'sim-category-template',
      aesKey: null,
      apiBase: null,
      mpBase: null,
      openBase: null,
    });
    expect(config.wechat.templateFields).toEqual([
      { keyword: 'thing1', part: 'title' },
      { keyword: 'thing2', part: 'summary' },
      { keyword: 'time3', part: 'time' },
    ]);
  });

  it('cannot be changed later', () => {
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('takes an empty value for no value', () => {
    const empty = Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, '  ']));
    expect(parseConfig(empty)).toEqual(config);
  });
});

it('with an account is a real server: open to the network, closed to private targets, on WeChat’s own hosts', () => {
  expect(parseConfig(ACCOUNT)).toMatchObject({
    host: '0.0.0.0',
    sandbox: false,
    allowPrivateTargets: false,
    wecom: null,
    sms: null,
    wechat: {
      appId: 'wx1',
      appSecret: 'secret-of-wx1',
      token: 'tokenofwx1',
      apiBase: 'https://api.weixin.qq.com',
      mpBase: 'https://mp.weixin.qq.com',
      openBase: 'https://open.weixin.qq.com',
      templateId: null,
      templateFields: [],
    },
  });
});

describe('a setting that is given', () => {
  const cases: [Record<string, string>, Partial<Config>][] = [
    [{ PORT: '0' }, { port: 0 }],
    [{ PORT: '65535' }, { port: 65_535 }],
    [{ HOST: '::1' }, { host: '::1' }],
    [{ ...ACCOUNT, HOST: 'push.internal' }, { host: 'push.internal' }],
    [{ PUBLIC_URL: 'https://push.example.com/sub//' }, { publicUrl: 'https://push.example.com/sub' }],
    [{ DATA_DIR: '/srv/q' }, { dataDir: '/srv/q', databaseUrl: 'file:/srv/q/qingniao.db' }],
    [{ DATABASE_URL: 'file:/srv/other.db' }, { databaseUrl: 'file:/srv/other.db' }],
    [{ TRUST_PROXY: '2' }, { trustProxy: 2 }],
    [{ MAX_BACKLOG: '0' }, { maxBacklog: 0 }],
    [{ SECRET_KEY: KEY }, { secretKey: Buffer.alloc(32, 7) }],
    [{ ADMIN_TOKEN: ' t ' }, { adminToken: 't' }],
    [{ ...ACCOUNT, ADMIN_TOKEN: 'x'.repeat(24) }, { adminToken: 'x'.repeat(24) }],
    [
      { ALLOWED_HOSTS: 'Push.Internal., [::1],, 10.0.0.7' },
      { allowedHosts: ['push.internal', '::1', '10.0.0.7'] },
    ],
    [{ MAX_WRONG_KEYS: '0' }, { maxWrongKeys: 0 }],
    [{ SECURITY_CONTACT: 'mailto:sec@example.com' }, { securityContact: 'mailto:sec@example.com' }],
    [
      { HOST: '0.0.0.0', SANDBOX_ANYWHERE: 'yes' },
      { host: '0.0.0.0', allowPrivateTargets: false },
    ],
    [
      { HOST: '0.0.0.0', SANDBOX_ANYWHERE: 'yes', ALLOW_PRIVATE_TARGETS: 'true' },
      { allowPrivateTargets: true },
    ],
    [{ ROLE: 'api' }, { role: 'api' }],
    [{ ALLOW_PRIVATE_TARGETS: 'FALSE' }, { allowPrivateTargets: false }],
    [{ ...ACCOUNT, ALLOW_PRIVATE_TARGETS: '1' }, { allowPrivateTargets: true }],
    [{ ...ACCOUNT, ...SMS }, { sms: SMS_ACCOUNT }],
    [{ ...SMS, SMS_CODE_TEMPLATE: 'SMS_8' }, { sms: { ...SMS_ACCOUNT, codeTemplate: 'SMS_8' } }],
    [{ SIMULATOR_SMTP_PORT: '0' }, { simulatorSmtpPort: 0 }],
    [{ LOG_LEVEL: 'debug' }, { logLevel: 'debug' }],
  ];
  it.each(cases)('%j is used', (env, expected) => {
    expect(parseConfig(env)).toMatchObject(expected);
  });

  it('names the template’s fields in order, with blanks where somebody likes them', () => {
    const env = { ...ACCOUNT, WECHAT_TEMPLATE_FIELDS: ' thing1 = title , time3=time, ' };
    expect(parseConfig(env).wechat.templateFields).toEqual([
      { keyword: 'thing1', part: 'title' },
      { keyword: 'time3', part: 'time' },
    ]);
  });

  it('may be both message keys', () => {
    const env = {
      ...ACCOUNT,
      WECHAT_ENCODING_AES_KEY: AES_KEY,
      WECHAT_ENCODING_AES_KEY_PREVIOUS: 'A'.repeat(43),
    };
    expect(parseConfig(env).wechat).toMatchObject({ aesKey: AES_KEY, previousAesKey: 'A'.repeat(43) });
  });
});

describe('a bad value', () => {
  it.each([
    ['PORT', 'http'],
    ['PORT', '-1'],
    ['PORT', '65536'],
    ['PORT', '80.5'],
    ['PORT', '8e3'],
    ['PORT', '0x50'],
    ['TRUST_PROXY', 'true'],
    ['TRUST_PROXY', '-1'],
    ['TRUST_PROXY', '11'],
    ['MAX_BACKLOG', '5 million'],
    ['MAX_WRONG_KEYS', '-1'],
    ['ALLOWED_HOSTS', '*'],
    ['ALLOWED_HOSTS', 'push.example.com:8080'],
    ['ALLOWED_HOSTS', 'https://push.example.com'],
    ['SANDBOX_ANYWHERE', 'true'],
    ['SECURITY_CONTACT', 'sec@example.com'],
    ['SECURITY_CONTACT', 'javascript:alert(1)'],
    ['SECURITY_CONTACT', 'mailto:a@b.c\nExpires: 1999-01-01T00:00:00Z'],
    ['TRUST_PROXY', '127.0.0.1'],
    ['HOST', 'http://localhost'],
    ['HOST', '127.0.0.1:8080'],
    ['HOST', 'a b'],
    ['PUBLIC_URL', 'push.example.com'],
    ['PUBLIC_URL', 'ftp://push.example.com'],
    ['PUBLIC_URL', 'https://push.example.com/?a=1'],
    ['PUBLIC_URL', 'https://'],
    ['PUBLIC_URL', 'http://:80'],
    ['PUBLIC_URL', 'https://user:pass@push.example.com'],
    ['DATABASE_URL', 'mysql://localhost/q'],
    ['DATABASE_URL', '/srv/q.db'],
    ['DATABASE_URL', 'file:'],
    ['SECRET_KEY', 'short'],
    ['SECRET_KEY', Buffer.alloc(31).toString('base64')],
    ['SECRET_KEY', Buffer.alloc(33).toString('base64')],
    ['SECRET_KEY', `!!${KEY}`],
    ['ROLE', 'both'],
    ['ROLE', 'worker'],
    ['ALLOW_PRIVATE_TARGETS', 'yes'],
    ['SIMULATOR_SMTP_PORT', '99999'],
    ['LOG_LEVEL', 'verbose'],
    ['WECHAT_ENCODING_AES_KEY', 'A'.repeat(42)],
    ['WECHAT_ENCODING_AES_KEY', `${'A'.repeat(42)}=`],
    ['WECHAT_ENCODING_AES_KEY_PREVIOUS', 'A'.repeat(44)],
    ['WECHAT_ENCODING_AES_KEY_PREVIOUS', 'A'.repeat(43)],
    ['WECHAT_API_BASE', 'api.weixin.qq.com'],
    ['WECHAT_MP_BASE', 'https://mp.weixin.qq.com?x'],
    ['WECHAT_OPEN_BASE', 'open'],
    ['WECOM_API_BASE', 'qyapi'],
    ['DINGTALK_BASE', 'x'],
    ['FEISHU_BASE', 'x'],
    ['SMS_BASE', 'x'],
    ['SMTP_URL', 'mail.example.com'],
    ['SMS_TEMPLATE_CODE', '12345'],
    ['SMS_CODE_TEMPLATE', 'SMS_'],
  ])('of %s, %j, stops the start with one line that names it', (name, value) => {
    const lines = problemsOf({ [name]: value });
    expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^${name}: .+`)));
    expect(lines.every((line) => !line.includes('\n'))).toBe(true);
  });

  it.each(['thing1', 'thing1=headline', '=title', '1thing=title', 'thing 1=title', 'thing1=title=time2'])(
    'of WECHAT_TEMPLATE_FIELDS, %j, is shown',
    (fields) => {
      const [line = ''] = problemsOf({ ...ACCOUNT, WECHAT_TEMPLATE_FIELDS: fields });
      expect(line).toMatch(/^WECHAT_TEMPLATE_FIELDS: /);
    },
  );
});

describe('settings that need each other', () => {
  it.each([
    [{ WECHAT_APP_ID: 'wx1', WECHAT_TOKEN: 't' }, /^WECHAT_APP_SECRET: .*must be given with WECHAT_APP_ID/],
    [{ WECHAT_APP_ID: 'wx1', WECHAT_APP_SECRET: 's' }, /^WECHAT_TOKEN: .*must be given with WECHAT_APP_ID/],
    [{ WECHAT_APP_SECRET: 's' }, /^WECHAT_APP_ID: .*must be given with WECHAT_APP_SECRET/],
    [{ WECHAT_TOKEN: 't' }, /^WECHAT_APP_ID: /],
    [{ WECHAT_TEMPLATE_ID: 't' }, /^WECHAT_APP_ID: /],
    [{ WECHAT_TEMPLATE_FIELDS: 'thing1=title' }, /^WECHAT_APP_ID: /],
    [{ DATABASE_URL: 'postgresql://localhost/q' }, /^SECRET_KEY: .*must be given with PostgreSQL/],
    [{ ROLE: 'worker', DATABASE_URL: 'file:/srv/q.db' }, /^ROLE: .*worker needs PostgreSQL/],
    [{ WECOM_CORP_ID: 'ww1' }, /^WECOM_(AGENT_ID|SECRET): .*must be given/],
    [
      { WECOM_CORP_ID: 'ww1', WECOM_TOKEN: 't' },
      /^WECOM_ENCODING_AES_KEY: .*must be given with WECOM_CORP_ID/,
    ],
    [{ WECOM_ENCODING_AES_KEY: 'A'.repeat(43) }, /^WECOM_CORP_ID: .*must be given/],
    [{ SMS_ACCESS_KEY_ID: 'k' }, /^SMS_ACCESS_KEY_SECRET: .*must be given with SMS_ACCESS_KEY_ID/],
    [{ SMS_ACCESS_KEY_ID: 'k' }, /^SMS_SIGN_NAME: .*must be given with SMS_ACCESS_KEY_ID/],
    [{ SMS_SIGN_NAME: '青鸟' }, /^SMS_TEMPLATE_CODE: .*must be given with SMS_SIGN_NAME/],
    [{ SMS_CODE_TEMPLATE: 'SMS_1' }, /^SMS_ACCESS_KEY_ID: .*must be given with SMS_CODE_TEMPLATE/],
    [{ MAIL_FROM: 'push@example.com' }, /^SMTP_URL: .*must be given with MAIL_FROM/],
    [{ SMTP_URL: 'smtp://mail.example.com' }, /^MAIL_FROM: .*must be given with SMTP_URL/],
  ])('%j', (env, expected) => {
    expect(problemsOf(env)).toContainEqual(expect.stringMatching(expected));
  });

  it('are fine together', () => {
    const env = { DATABASE_URL: 'postgresql://localhost/q', SECRET_KEY: KEY, ROLE: 'worker' };
    expect(problemsOf(env)).toEqual([]);
  });
});

describe('a misspelt name', () => {
  it.each([
    ['WECHAT_APPID', 'WECHAT_APP_ID'],
    ['WECHAT_APP_SECRECT', 'WECHAT_APP_SECRET'],
    ['WECHATTOKEN', 'WECHAT_TOKEN'],
    ['wechat_app_id', 'WECHAT_APP_ID'],
    ['Admin_Token', 'ADMIN_TOKEN'],
    ['ADMIN_TOKN', 'ADMIN_TOKEN'],
    ['PUBLICURL', 'PUBLIC_URL'],
    ['PUBLIC_URI', 'PUBLIC_URL'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['DATABASE_URLS', 'DATABASE_URL'],
    ['ALLOW_PRIVATE_TARGET', 'ALLOW_PRIVATE_TARGETS'],
  ])('%s asks whether %s was meant', (name, meant) => {
    expect(problemsOf({ [name]: 'x' })).toEqual([
      `${name}: 没有这个设置，是不是 ${meant}？ is not a setting; did you mean ${meant}?`,
    ]);
  });

  it.each([
    'PATH',
    'HOME',
    'HOSTNAME',
    'host',
    'port',
    'PWD',
    'NODE_ENV',
    'npm_config_cache',
    'WECHAT',
    'DATA',
    'TOKEN',
  ])('%s is some other program’s name', (name) => {
    expect(problemsOf({ [name]: 'x' })).toEqual([]);
  });
});

it('tells all problems at once', () => {
  const lines = problemsOf({ PORT: 'x', ROLE: 'x', LOG_LEVEL: 'x', WECHAT_APPID: 'x', PUBLIC_URL: 'x' });
  expect(lines.map((line) => line.split(':')[0]).sort()).toEqual([
    'LOG_LEVEL',
    'PORT',
    'PUBLIC_URL',
    'ROLE',
    'WECHAT_APPID',
  ]);
});

it('never repeats a secret', () => {
  const secret = 'hunter2hunter2';
  const names = Object.keys(SETTINGS).filter((name) => /SECRET|TOKEN|KEY|SMTP_URL|DATABASE_URL/.test(name));
  const lines = problemsOf({
    ...Object.fromEntries(names.map((name) => [name, secret])),
    WECHAT_APPSECRET: secret,
    PORT: 'x',
  });
  expect(lines.length).toBeGreaterThan(4);
  expect(lines.join('\n')).not.toContain(secret);
});

describe('an unsafe start', () => {
  it('of a live server says in one screen all that is to be changed', () => {
    const lines = problemsOf({
      ...ACCOUNT,
      ADMIN_TOKEN: 'x'.repeat(23),
      WECHAT_TOKEN: 'my-token',
      MAIL_FROM: 'push@example.com',
      SECRET_KEY: 'short',
    });
    expect(lines.map((line) => line.split(':')[0]).sort()).toEqual([
      'ADMIN_TOKEN',
      'SECRET_KEY',
      'SMTP_URL',
      'WECHAT_TOKEN',
    ]);
    expect(lines.join('\n')).toMatch(/openssl rand -hex 24/);
  });

  it.each(['ab', 'x'.repeat(33), 'my_token', '令牌令牌'])(
    'names a token that WeChat does not take: %s',
    (token) => {
      expect(problemsOf({ ...ACCOUNT, WECHAT_TOKEN: token })).toEqual([
        expect.stringMatching(/^WECHAT_TOKEN: /),
      ]);
    },
  );

  it.each(['0.0.0.0', '::', '192.168.1.5', 'push.internal', '128.0.0.1', '127.0.0.1.evil.example'])(
    'of a sandbox that listens on %s names SANDBOX_ANYWHERE',
    (host) => {
      expect(problemsOf({ HOST: host })).toEqual([expect.stringMatching(/^HOST: .*SANDBOX_ANYWHERE=yes/)]);
      expect(problemsOf({ HOST: host, SANDBOX_ANYWHERE: 'yes' })).toEqual([]);
      expect(problemsOf({ HOST: host, SANDBOX_ANYWHERE: 'maybe' })).toEqual([
        'SANDBOX_ANYWHERE: 只能是 yes，或不设 must be yes, or not set',
        expect.stringMatching(/^HOST: /),
      ]);
    },
  );

  it.each(['127.0.0.1', '127.8.8.8', '::1', 'localhost'])('is none for a sandbox on %s', (host) => {
    expect(problemsOf({ HOST: host, ADMIN_TOKEN: 'short' })).toEqual([]);
  });
});
