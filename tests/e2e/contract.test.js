// The check behind every other test: what it must find, and what it must let through.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { closed, Contract } from './harness/contract.js';

const json = (schema) => ({ description: '', content: { 'application/json': { schema } } });
const contract = new Contract({
  paths: {
    '/api/v1/{tenant}': { get: { responses: { 200: json({ type: 'array' }) } } },
    '/api/v1/things': {
      get: { responses: { 200: { $ref: '#/components/responses/Thing' }, 304: { description: '', headers: { ETag: { $ref: '#/components/headers/Tag' } } } } },
    },
  },
  components: {
    schemas: {
      Error: {
        type: 'object', required: ['status', 'message'], properties: { status: { type: 'integer' }, message: { type: 'string' } },
      },
      Thing: { type: 'object', required: ['id'], properties: { id: { type: 'string' }, part: { $ref: '#/components/schemas/Thing' } } },
    },
    headers: { Tag: { required: true, schema: { type: 'string' } } },
    responses: { Thing: json({ $ref: '#/components/schemas/Thing' }) },
  },
});

const tagged = { etag: '"1"' };

function problem(method, path, status, text, headers = { 'content-type': 'application/json; charset=utf-8' }) {
  return contract.problemOf(method, path, { status, text, headers: new Headers(headers) });
}

describe('the contract', () => {
  test('lets through what is documented', () => {
    assert.equal(problem('GET', '/api/v1/things', 200, '{"id":"a","part":{"id":"b"}}'), undefined);
    assert.equal(problem('GET', '/api/v1/things', 304, '', tagged), undefined);
    assert.equal(problem('GET', '/api/v1/acme', 200, '[]'), undefined, 'a word beats a parameter only where it fits');
  });

  test('finds a status, a type, a body and a member that are not documented, and a header that is missing', () => {
    assert.match(problem('GET', '/api/v1/things', 201, '{"id":"a"}'), /201 is not documented/);
    assert.match(problem('GET', '/api/v1/things', 200, '{"id":"a"}', { 'content-type': 'text/plain' }), /type is 'text\/plain'/);
    assert.match(problem('GET', '/api/v1/things', 200, '{"id":1}'), /must be string/);
    assert.match(problem('GET', '/api/v1/things', 200, '{}'), /required property 'id'/);
    assert.match(problem('GET', '/api/v1/things', 200, '{"id":"a","more":1}'), /additional properties/);
    assert.match(problem('GET', '/api/v1/things', 200, '{"id":"a","part":{"id":"b","more":1}}'), /additional properties/);
    assert.match(problem('GET', '/api/v1/things', 200, 'no'), /not JSON/);
    assert.match(problem('GET', '/api/v1/things', 304, 'x', tagged), /none is documented/);
    assert.match(problem('GET', '/api/v1/things', 304, '', {}), /no ETag/);
  });

  test('takes errors, redirects and the portal for paths that are no route, and nothing else', () => {
    assert.equal(problem('POST', '/api/v1/things', 404, '{"status":404,"message":"not found"}'), undefined);
    assert.match(problem('POST', '/api/v1/things', 404, '404 page not found'), /not JSON/);
    assert.equal(problem('GET', '/api/v1/things/', 301, ''), undefined);
    assert.equal(problem('GET', '/portal/page', 200, '<html>', { 'content-type': 'text/html' }), undefined);
    assert.match(problem('GET', '/api/v1/a/b', 200, '{}'), /not documented/);
  });

  test('closes objects that name their members, and leaves maps open', () => {
    const map = { type: 'object', additionalProperties: { type: 'string' } };
    assert.deepEqual(closed(map), map);
    assert.deepEqual(closed({ items: { properties: { a: map } } }), { items: { properties: { a: map }, additionalProperties: false } });
  });
});
