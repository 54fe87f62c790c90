import type { z } from 'zod';
import { historySchema, type HistoryResponse } from '#api/schemas/events.ts';
import { healthSchema, type HealthResponse } from '#api/schemas/orchestration.ts';
import type { startWorkflowSchema } from '#api/schemas/start-workflow.ts';
import {
  workflowPageSchema,
  workflowSchema,
  type WorkflowResponse,
} from '#api/schemas/workflow.ts';
import { askJson, type Answer, type Question } from './http-json.ts';

export type StartBody = z.input<typeof startWorkflowSchema>;

/** The API of a running engine (SPEC 5), as a client sees it. Answers are checked against the API's own schemas. */
export type EngineApi = {
  /** `http://host:port/api/v1` */
  readonly url: string;
  /** @param path below the base, such as `/workflows` */
  ask(path: string, question?: Question): Promise<Answer>;
  /** @throws RefusedError unless the answer is 201 */
  start(body: StartBody, idempotencyKey?: string): Promise<WorkflowResponse>;
  /** @throws RefusedError when there is no such workflow */
  get(workflowId: string): Promise<WorkflowResponse>;
  /** All workflows, newest first. @param filter of the query, such as `status=FAILED` */
  list(filter?: string): Promise<readonly WorkflowResponse[]>;
  /** @throws RefusedError when it is not allowed now (409) */
  command(workflowId: string, command: Command, body?: object): Promise<WorkflowResponse>;
  /** The whole log, oldest event first. @throws RefusedError when there is no such workflow */
  history(workflowId: string): Promise<HistoryResponse>;
  health(): Promise<HealthResponse>;
};

export type Command = 'pause' | 'resume' | 'cancel' | 'compensate' | 'retry';

/** The API said no. */
export class RefusedError extends Error {
  readonly code = 'REFUSED';
  readonly status: number;
  readonly body: unknown;
  constructor(what: string, { status, body }: Answer) {
    super(`${what}: ${status} ${JSON.stringify(body)}`);
    this.name = 'RefusedError';
    this.status = status;
    this.body = body;
  }
}

/** @param webUrl of a web process, such as `http://127.0.0.1:8080` */
export function engineApi(webUrl: string): EngineApi {
  const url = `${webUrl}/api/v1`;
  const ask = (path: string, question?: Question) => askJson(url + path, question);

  async function granted(status: number, path: string, question: Question = {}): Promise<unknown> {
    const answer = await ask(path, question);
    if (answer.status === status) return answer.body;
    throw new RefusedError(`${question.method ?? 'GET'} ${path}`, answer);
  }

  return {
    url,
    ask,
    async start(body, idempotencyKey) {
      const headers: Record<string, string> =
        idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey };
      const answer = await granted(201, '/workflows', { method: 'POST', body, headers });
      return workflowSchema.parse(answer);
    },
    get: async (id) => workflowSchema.parse(await granted(200, `/workflows/${id}`)),
    async list(filter) {
      const workflows: WorkflowResponse[] = [];
      let cursor: string | null = null;
      do {
        const from: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const body = await granted(
          200,
          `/workflows?limit=200${filter === undefined ? '' : `&${filter}`}${from}`,
        );
        const page = workflowPageSchema.parse(body);
        workflows.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor !== null);
      return workflows;
    },
    history: async (id) => historySchema.parse(await granted(200, `/workflows/${id}/events`)),
    async command(id, command, body = {}) {
      const path = `/workflows/${id}/${command}`;
      return workflowSchema.parse(await granted(200, path, { method: 'PUT', body }));
    },
    health: async () => healthSchema.parse(await granted(200, '/orchestration/health')),
  };
}
