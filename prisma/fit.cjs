// Says in one sentence why this Node cannot run the project. Written so that Node 12 reads it, which some systems still bring.
'use strict';

/** From where on a version is taken; Prisma and Vite take none of 21 and 23. */
const FIRST_MINORS = { 20: 19, 22: 12 };
const FIRST_OF_ALL_LATER = 24;

/** The sentence for `process.versions`, empty where this Node will do. */
exports.findLack = function findLack(versions) {
  const [major, minor] = versions.node.split('.').map(Number);
  if (major < FIRST_OF_ALL_LATER && !(minor >= FIRST_MINORS[major])) {
    return `青鸟需要 Node.js 20.19、22.12、24 或更新的版本，这里是 ${versions.node}，请从 https://nodejs.org 安装 Qingniao needs Node.js 20.19, 22.12, 24 or newer, this is ${versions.node}: install one from https://nodejs.org`;
  }
  const part = versions.openssl ? (versions.icu ? '' : 'ICU') : 'OpenSSL';
  return (
    part &&
    `这个 Node.js 编译时去掉了 ${part}，请从 https://nodejs.org 安装 This Node.js was built without ${part}: install one from https://nodejs.org`
  );
};
