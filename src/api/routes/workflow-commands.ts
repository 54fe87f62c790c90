import { endpoint, type Endpoint } from '#api/http/endpoint.ts';
import { commandReply, operator } from '#api/routes/command-reply.ts';
import {
  cancelBody,
  commandBody,
  operatorHeaders,
  reasonQuery,
  workflowParams,
} from '#api/schemas/commands.ts';
import { workflowSchema } from '#api/schemas/workflow.ts';
import type { CommandResult, Operator, Orchestration } from '#application/orchestration.ts';

export const COMMAND_REPLIES = {
  200: { description: 'The workflow as it is now', schema: workflowSchema },
  409: { description: 'Not allowed in this state; names the state and the allowed commands' },
} as const;

/** Operators' commands on a whole workflow. Each takes `reason` in its body or query, the body first. */
export function workflowCommandEndpoints(orchestration: Orchestration): readonly Endpoint[] {
  const cancel = endpoint({
    method: 'put',
    path: '/workflows/{id}/cancel',
    operationId: 'cancelWorkflow',
    tag: 'commands',
    summary: 'Cancel; with `compensate: true` what was done is undone first',
    input: {
      params: workflowParams,
      headers: operatorHeaders,
      query: reasonQuery,
      body: { schema: cancelBody, required: false },
    },
    replies: COMMAND_REPLIES,
    handler: async ({ params: { id }, headers, query, body }) => {
      const by = { ...operator(headers, body.reason, query.reason), compensate: body.compensate };
      return commandReply(id, await orchestration.cancelWorkflow(id, by));
    },
  });

  return [
    command('pause', 'Begin nothing new; calls that run are finished and recorded', (id, by) =>
      orchestration.pauseWorkflow(id, by),
    ),
    command('resume', 'Go on after a pause', (id, by) => orchestration.resumeWorkflow(id, by)),
    command('retry', 'Go on from the point of failure', (id, by) =>
      orchestration.retryWorkflow(id, by),
    ),
    cancel,
    command('compensate', 'Undo what was done', (id, by) =>
      orchestration.compensateWorkflow(id, by),
    ),
  ];
}

function command(
  name: string,
  summary: string,
  run: (id: string, by: Operator) => Promise<CommandResult>,
): Endpoint {
  return endpoint({
    method: 'put',
    path: `/workflows/{id}/${name}`,
    operationId: `${name}Workflow`,
    tag: 'commands',
    summary,
    input: {
      params: workflowParams,
      headers: operatorHeaders,
      query: reasonQuery,
      body: { schema: commandBody, required: false },
    },
    replies: COMMAND_REPLIES,
    handler: async ({ params: { id }, headers, query, body }) =>
      commandReply(id, await run(id, operator(headers, body.reason, query.reason))),
  });
}
