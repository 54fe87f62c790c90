import { invalid } from '#api/http/problems.ts';

/**
 * The parameters of a request URL, each with all its values in order.
 * Stricter than the platform's parsers, which turn broken percent-encoding into other text without a word.
 * @throws HttpProblem 400
 */
export function parseQuery(url: string): ReadonlyMap<string, readonly string[]> {
  const parameters = new Map<string, string[]>();
  const start = url.indexOf('?');
  if (start < 0) return parameters;
  for (const pair of url.slice(start + 1).split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1));
    const values = parameters.get(name);
    if (values) values.push(value);
    else parameters.set(name, [value]);
  }
  return parameters;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalid([{ field: 'query', message: 'is not valid percent-encoding' }]);
  }
}
