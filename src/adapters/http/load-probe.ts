import { request } from 'undici';
import { z } from 'zod';
import type { LoadProbe, ProbeAnswer } from '#application/ports/load-probe.ts';
import type { ServiceRegistry } from '#adapters/http/service-registry.ts';

/** A load path that takes longer tells more by that than by its answer. */
const TIMEOUT_MS = 2000;
const LARGEST_ANSWER = 64 * 1024;

/** LoadMetrics of SPEC 4. Ranges are judged where readings of all origins are. A time may also come as ISO 8601. */
const loadMetricsBody = z.object({
  cpuUsagePercent: z.number(),
  memoryUsagePercent: z.number(),
  activeRequests: z.number(),
  queueDepth: z.number(),
  averageResponseTimeMs: z.number(),
  errorRate: z.number(),
  timestamp: z.union([z.number(), z.iso.datetime({ offset: true }).transform(Date.parse)]),
});

/** Asks the `load` paths of a registry, with the headers that its calls have. */
export function createLoadProbe(registry: ServiceRegistry): LoadProbe {
  const closing = new AbortController();
  return {
    async probe(serviceName, instanceUrl) {
      const service = registry.find(serviceName);
      if (!service?.loadPath) return unusable('it has no load path');
      try {
        const text = await get(instanceUrl + service.loadPath, service.headers, closing.signal);
        return readingFrom(text, serviceName, instanceUrl);
      } catch (error) {
        return unusable(whyNoAnswer(error));
      }
    },
    close() {
      closing.abort();
      return Promise.resolve();
    },
  };
}

async function get(
  url: string,
  headers: Readonly<Record<string, string>>,
  closing: AbortSignal,
): Promise<string> {
  const timeUp = AbortSignal.timeout(TIMEOUT_MS);
  const { statusCode, body } = await request(url, {
    headers: { ...headers, accept: 'application/json' },
    signal: AbortSignal.any([timeUp, closing]),
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > LARGEST_ANSWER)
      throw new Error(`its answer is larger than ${LARGEST_ANSWER} bytes`);
    chunks.push(chunk);
  }
  if (statusCode !== 200) throw new Error(`it answered ${statusCode}`);
  return Buffer.concat(chunks).toString('utf8');
}

function readingFrom(text: string, serviceName: string, instanceUrl: string): ProbeAnswer {
  const json = parseJson(text);
  if (json === undefined) return unusable(`its answer is no JSON: ${beginningOf(text)}`);
  const parsed = loadMetricsBody.safeParse(json);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
    return unusable(`its answer is no LoadMetrics: ${faults.join('; ').trim()}`);
  }
  // whose figures these are is what we asked, not what it says
  return { kind: 'reading', reading: { ...parsed.data, serviceId: instanceUrl, serviceName } };
}

/** Enough to recognise a page of a proxy, on one line. */
function beginningOf(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}

/** A refused connection of several addresses has no message of its own. */
function whyNoAnswer(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `it gave no answer within ${TIMEOUT_MS} ms`;
  if (error instanceof AggregateError) return error.errors.map(whyNoAnswer).join('; ');
  return error.message;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unusable(reason: string): ProbeAnswer {
  return { kind: 'unusable', reason };
}
