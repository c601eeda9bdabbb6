// Tenant tokens that the tests mint themselves, right ones and wrong ones (api.md §2.2).
import { createHmac } from 'node:crypto';

const digests = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' };

export const now = () => Math.floor(Date.now() / 1000);

/** Claims that are taken for `tenant` for an hour. */
export function claimsOf(tenant, more = {}) {
  return { iss: 'outpost', sub: tenant, iat: now(), exp: now() + 3600, ...more };
}

/** A token with these claims. An algorithm that is no HMAC leaves the signature empty. */
export function sign(claims, key, algorithm = 'HS256') {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: algorithm, typ: 'JWT' })}.${part(claims)}`;
  const digest = digests[algorithm];
  return `${signed}.${digest ? createHmac(digest, key).update(signed).digest('base64url') : ''}`;
}
