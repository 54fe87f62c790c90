/** An answer whose body, where there is one, was JSON. */
export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
};

export type Question = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/** No answer of ours takes this long; a process that is stopped or gone must not hold up its caller. */
const LIMIT_MS = 30_000;

/**
 * Asks, and reads JSON. Refusals are answers like others.
 * @throws Error when there is no answer within 30 s, or one that is not JSON
 */
export async function askJson(url: string, question: Question = {}): Promise<Answer> {
  const { method = 'GET', body, headers = {} } = question;
  const response = await fetch(url, {
    method,
    signal: AbortSignal.timeout(LIMIT_MS),
    headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? null : JSON.parse(text),
  };
}
