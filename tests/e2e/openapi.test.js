// The document itself: valid OpenAPI 3.1, whole, useful, with examples that fit (decision A13).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { closed, newAjv, operationsOf, resolve } from './harness/contract.js';
import { Server } from './harness/outpost.js';

async function documentOf(t) {
  const server = await Server.start(t);
  const answer = await server.call('GET', '/openapi.json', { token: null });
  assert.equal(answer.status, 200);
  return answer.json;
}

/** Calls `visit(place, schema, examples, isRequest)` for each place that has a schema. */
function forEachMedia(document, visit) {
  const examplesOf = (media) => [
    ...('example' in media ? [media.example] : []),
    ...Object.values(media.examples ?? {}).map((one) => resolve(document, one).value),
  ];
  const content = (place, holder, isRequest) => {
    for (const [type, media] of Object.entries(holder?.content ?? {})) {
      visit(`${place} ${type}`, media.schema, examplesOf(media), isRequest);
    }
  };
  for (const { method, path, item, operation } of operationsOf(document)) {
    const place = `${method} ${path}`;
    content(`${place} request`, resolve(document, operation.requestBody), true);
    for (const [status, response] of Object.entries(operation.responses)) {
      content(`${place} ${status}`, resolve(document, response), false);
    }
    for (const parameter of [...item.parameters ?? [], ...operation.parameters ?? []].map((one) => resolve(document, one))) {
      const examples = examplesOf(parameter);
      if (examples.length) visit(`${place} ${parameter.name}`, parameter.schema, examples, true);
    }
  }
}

describe('the OpenAPI document', { concurrency: true }, () => {
  test('is valid OpenAPI 3.1, and its schemas are valid JSON Schema 2020-12', async (t) => {
    const document = await documentOf(t);
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document));
    assert.ok(valid, JSON.stringify(errors, null, 1));
    assert.equal(validator.version, '3.1');
    const ajv = newAjv();
    ajv.addSchema({ components: document.components }, '', undefined, false);
    for (const name of Object.keys(document.components.schemas)) {
      ajv.compile({ $ref: `#/components/schemas/${name}`, components: document.components });
    }
  });

  test('has only references that lead somewhere, and nothing that nobody refers to', async (t) => {
    const document = await documentOf(t);
    const text = JSON.stringify(document);
    for (const [, reference] of text.matchAll(/"\$ref":"([^"]+)"/g)) {
      assert.ok(resolve(document, { $ref: reference }), reference);
    }
    for (const kind of ['schemas', 'responses', 'parameters', 'requestBodies']) {
      for (const name of Object.keys(document.components[kind])) {
        assert.ok(text.includes(`"#/components/${kind}/${name}"`), `${kind}/${name} is not used`);
      }
    }
  });

  test('says of each operation what it is for, under a name and a group of its own', async (t) => {
    const document = await documentOf(t);
    const names = new Set();
    const groups = new Set(document.tags.map((tag) => tag.name));
    for (const { method, path, item, operation } of operationsOf(document)) {
      const place = `${method} ${path}`;
      assert.ok(operation.summary && operation.description, place);
      assert.ok(operation.operationId && !names.has(operation.operationId), `${place}: ${operation.operationId}`);
      names.add(operation.operationId);
      assert.equal(operation.tags.length, 1, place);
      assert.ok(groups.has(operation.tags[0]), `${place}: ${operation.tags[0]}`);
      const parameters = [...item.parameters ?? [], ...operation.parameters ?? []].map((one) => resolve(document, one));
      for (const parameter of parameters) assert.ok(parameter.description, `${place} ${parameter.name}`);
      const inPath = parameters.filter((one) => one.in === 'path').map((one) => `{${one.name}}`);
      assert.deepEqual(inPath.sort(), (path.match(/\{\w+\}/g) ?? []).sort(), place);
    }
  });

  test('has an example of each body, and all of them fit their schemas', async (t) => {
    const document = await documentOf(t);
    const open = newAjv();
    const strict = newAjv();
    open.addSchema({ components: document.components }, 'document', undefined, false);
    strict.addSchema({ components: closed(document.components) }, 'document', undefined, false);
    let seen = 0;
    forEachMedia(document, (place, schema, examples, isRequest) => {
      assert.ok(examples.length > 0, `${place} has no example`);
      const ready = JSON.parse(JSON.stringify(isRequest ? schema : closed(schema)).replaceAll('"#/components/', '"document#/components/'));
      const ajv = isRequest ? open : strict;
      const validate = ajv.compile(ready);
      for (const example of examples) {
        seen += 1;
        assert.ok(validate(example), `${place}: ${JSON.stringify(example)}: ${ajv.errorsText(validate.errors)}`);
      }
    });
    assert.ok(seen > 100, `only ${seen} examples`);
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      if (!('example' in schema)) continue;
      assert.ok(strict.validate({ $ref: `document#/components/schemas/${name}` }, schema.example), `${name}: ${strict.errorsText()}`);
    }
  });

  test('is sent again only when it has changed', async (t) => {
    const server = await Server.start(t);
    const first = await server.call('GET', '/openapi.json', { token: null });
    assert.match(first.headers.get('cache-control'), /max-age=\d+/);
    const headers = { 'if-none-match': first.headers.get('etag') };
    const again = await server.call('GET', '/openapi.json', { token: null, headers });
    assert.equal(again.status, 304);
    assert.equal(again.text, '');
  });
});
