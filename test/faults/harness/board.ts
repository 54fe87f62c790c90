import { askJson } from '../../../scripts/processes/http-json.ts';
import type { EngineProcesses } from '../../../scripts/processes/engine-processes.ts';

/** Setting with which Bull Board may change queues. */
export const BOARD_CHANGES = { BULL_BOARD_ALLOW_CHANGES: 'true' };

/**
 * Does something to a queue through Bull Board, as an operator would.
 * @param what such as `pause`, or `clean/prioritized`
 * @throws Error when the board refuses
 */
export async function boardPut(
  { webUrl }: EngineProcesses,
  queueName: string,
  what: string,
  body: object = {},
): Promise<void> {
  const url = `${webUrl}/admin/queues/api/queues/${encodeURIComponent(queueName)}/${what}`;
  const answer = await askJson(url, { method: 'PUT', body });
  if (answer.status < 300) return;
  throw new Error(`PUT ${url}: ${answer.status} ${JSON.stringify(answer.body)}`);
}
