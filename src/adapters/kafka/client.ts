import kafkajs, { type ISocketFactory, type Kafka, type LogEntry } from 'kafkajs';
import type { Logger } from '#application/ports/logger.ts';

export type KafkaClientOptions = {
  /** `host:port`, at least one. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly logger: Logger;
  /** Makes the connections, for a tunnel or a test; by default plain TCP. */
  readonly socketFactory?: ISocketFactory;
};

/** A request without an answer is given up after this long: a half-open connection must not hold up the outbox for ever. */
export const REQUEST_LIMIT_MS = 10_000;
const CONNECTION_LIMIT_MS = 3000;

/**
 * The client of kafkajs (ADR 12).
 * @param retries how often it tries things again by itself. 0 for what is sent: the loop around that is ours, sees every failure,
 *   and goes on with a new connection
 * @param mostMs no connection and no request takes longer
 */
export function createKafkaClient(
  options: KafkaClientOptions,
  retries: number,
  mostMs = REQUEST_LIMIT_MS,
): Kafka {
  return new kafkajs.Kafka({
    brokers: [...options.brokers],
    clientId: options.clientId,
    connectionTimeout: Math.min(CONNECTION_LIMIT_MS, mostMs),
    requestTimeout: mostMs,
    retry: { retries, initialRetryTime: 100, maxRetryTime: 1000 },
    logCreator: () => (entry) => toLog(options.logger, entry),
    ...(options.socketFactory && { socketFactory: options.socketFactory }),
  });
}

/** What matters reaches us as rejections and is told by whoever handles them: its own words are for looking closer. */
function toLog(logger: Logger, { namespace, log }: LogEntry): void {
  const { message, timestamp: _, ...fields } = log;
  logger.debug(`kafkajs: ${message}`, { namespace, ...fields });
}
