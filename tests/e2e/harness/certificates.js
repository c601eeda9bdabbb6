// Certificates of every quality, made with the openssl program. What the good one chains to is `authority`.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryDirectory } from './outpost.js';

/** Makes an authority and issues from it. */
export class Certificates {
  constructor(test) {
    this.directory = temporaryDirectory(test);
    this.#openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
      '-subj', '/CN=end to end authority', '-addext', 'basicConstraints=critical,CA:TRUE', '-keyout', 'ca.key', '-out', 'ca.pem');
    writeFileSync(this.#file('index.txt'), '');
    writeFileSync(this.#file('ca.cnf'), `[ca]\ndefault_ca=one\n[one]\ndatabase=${this.#file('index.txt')}\nrand_serial=yes\n`
      + `new_certs_dir=${this.directory}\ndefault_md=sha256\npolicy=any\nunique_subject=no\ncopy_extensions=copy\n[any]\ncommonName=supplied\n`);
  }

  /** The file that SSL_CERT_FILE names. */
  get authority() {
    return this.#file('ca.pem');
  }

  /** @return {{key, cert}} for tls.createServer; `names` as subjectAltName has them; times as YYMMDDHHMMSSZ */
  issue(names = 'IP:127.0.0.1,DNS:localhost', start = '200101000000Z', end = '491231235959Z') {
    this.#request('leaf', names);
    this.#openssl('ca', '-batch', '-config', 'ca.cnf', '-cert', 'ca.pem', '-keyfile', 'ca.key', '-in', 'leaf.csr',
      '-startdate', start, '-enddate', end, '-out', 'leaf.pem', '-notext');
    return this.#read('leaf');
  }

  expired() {
    return this.issue(undefined, '200101000000Z', '210101000000Z');
  }

  selfSigned() {
    this.#openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
      '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost', '-keyout', 'self.key', '-out', 'self.pem');
    return this.#read('self');
  }

  #request(name, names) {
    this.#openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=endpoint',
      '-addext', `subjectAltName=${names}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
  }

  #read(name) {
    return { key: readFileSync(this.#file(`${name}.key`)), cert: readFileSync(this.#file(`${name}.pem`)) };
  }

  #file(name) {
    return path.join(this.directory, name);
  }

  #openssl(...args) {
    execFileSync('openssl', args, { cwd: this.directory, stdio: 'pipe' });
  }
}
