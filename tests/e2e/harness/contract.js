// Holds what the server answers to the OpenAPI document that it serves (decision A13): the status must be one that the
// document lists for the route, the body must fit its schema, and may have no member that the schema does not name.
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'];

/** Every problem that was found in this process, so that a test that expects a rejection can't hide one. */
const problems = [];
process.on('exit', () => {
  if (problems.length === 0) return;
  console.error(`answers that the OpenAPI document does not describe:\n${problems.join('\n')}`);
  process.exitCode = 1;
});

/** A copy in which objects have no members but those that are named. */
export function closed(schema) {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== 'object') return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  if (copy.properties && typeof copy.properties === 'object' && !('additionalProperties' in copy)) {
    copy.additionalProperties = false;
  }
  return copy;
}

/** A validator of 2020-12 schemas that knows what OpenAPI adds to them. Unknown keywords are errors. */
export function newAjv() {
  const ajv = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true, validateSchema: true });
  addFormats(ajv);
  ajv.addVocabulary(['components', 'example']);
  return ajv;
}

/** What a JSON reference inside the document points at, or the thing itself. */
export function resolve(document, thing) {
  while (thing?.$ref) {
    thing = thing.$ref.slice(2).split('/')
      .reduce((at, name) => at?.[name.replaceAll('~1', '/').replaceAll('~0', '~')], document);
  }
  return thing;
}

/** @return [{method, path, item, operation}] of a document */
export function operationsOf(document) {
  return Object.entries(document.paths).flatMap(([path, item]) => methods.filter((method) => item[method])
    .map((method) => ({ method: method.toUpperCase(), path, item, operation: item[method] })));
}

const isParameter = (segment) => segment.startsWith('{');

/** A path with more words from the left beats one with parameters there, as in the server's router. */
function compare(a, b) {
  for (let at = 0; at < Math.min(a.segments.length, b.segments.length); ++at) {
    const difference = isParameter(a.segments[at]) - isParameter(b.segments[at]);
    if (difference) return difference;
  }
  return 0;
}

/** Where the validator keeps the document's components. */
const components = 'document#/components/';
const error = { $ref: `${components}schemas/Error` };

/** A schema as the validator takes it: closed, with its references into the components. */
function ready(schema) {
  return JSON.parse(JSON.stringify(closed(schema)).replaceAll('"#/components/', `"${components}`));
}

export class Contract {
  #document;
  #ajv = newAjv();
  #operations;
  #validators = new Map();

  constructor(document) {
    this.#document = document;
    this.#ajv.addSchema({ components: ready(document.components ?? {}) }, 'document', undefined, false);
    this.#operations = operationsOf(document).map((one) => ({ ...one, segments: one.path.split('/') })).sort(compare);
  }

  /** The operation of a request, if the document has one. @param path  as sent, without a query */
  find(method, path) {
    const segments = path.split('/');
    return this.#operations.find((one) => one.method === method && one.segments.length === segments.length
      && one.segments.every((segment, at) => (isParameter(segment) ? segments[at] !== '' : segment === segments[at])));
  }

  /** @return what is wrong with an answer, or undefined. @param answer  {status, headers: Headers, text} */
  problemOf(method, path, answer) {
    const operation = this.find(method, path);
    if (!operation) return this.#problemWithoutOperation(method, path, answer);
    const response = resolve(this.#document, operation.operation.responses[answer.status]);
    if (!response) return `status ${answer.status} is not documented`;
    for (const [name, header] of Object.entries(response.headers ?? {})) {
      if (resolve(this.#document, header).required && !answer.headers.has(name)) return `it has no ${name}`;
    }
    const types = Object.keys(response.content ?? {});
    if (types.length === 0) return answer.text === '' ? undefined : 'it has a body, and none is documented';
    const type = typeOf(answer);
    if (!types.includes(type)) return `its type is '${type}', documented is ${types.join(', ')}`;
    return type === 'application/json' ? this.#problemOfJson(response.content[type].schema, answer.text) : undefined;
  }

  /** Notes and throws what is wrong with an answer. */
  check(method, url, answer) {
    const { pathname } = new URL(url);
    const problem = this.problemOf(method, pathname, answer);
    if (!problem) return;
    const text = `${method} ${pathname}: ${answer.status}: ${problem}: ${answer.text.slice(0, 500)}`;
    problems.push(text);
    throw new Error(text);
  }

  /** Paths that are no route: the portal's page, a redirect, an answer to another site's script, or an error. */
  #problemWithoutOperation(method, path, answer) {
    if (answer.status >= 400) return method === 'HEAD' ? undefined : this.#problemOfJson(error, answer.text);
    if (!path.startsWith('/api')) return undefined;
    if ([301, 307].includes(answer.status) && path.endsWith('/')) return undefined;
    if (method === 'OPTIONS' && answer.status === 204) return undefined;
    return `status ${answer.status} for what is not documented`;
  }

  #problemOfJson(schema, text) {
    let body;
    try {
      body = JSON.parse(text);
    } catch {
      return 'its body is not JSON';
    }
    if (!this.#validators.has(schema)) this.#validators.set(schema, this.#ajv.compile(ready(schema)));
    const validate = this.#validators.get(schema);
    return validate(body) ? undefined : this.#ajv.errorsText(validate.errors, { dataVar: 'body' });
  }
}

function typeOf(answer) {
  return (answer.headers.get('content-type') ?? '').split(';')[0];
}

let contract;

/** The contract of the binary under test, from the first server of this process that is asked. */
export function contractOf(origin) {
  contract ??= fetch(`${origin}/api/v1/openapi.json`).then(async (answer) => new Contract(await answer.json()));
  return contract;
}
