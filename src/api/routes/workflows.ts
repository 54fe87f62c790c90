import { endpoint, type Endpoint } from '#api/http/endpoint.ts';
import { encodeCursor } from '#api/cursor.ts';
import { notFound } from '#api/http/problems.ts';
import { workflowParams } from '#api/schemas/commands.ts';
import { historySchema } from '#api/schemas/events.ts';
import { whySchema } from '#api/schemas/waiting.ts';
import { workflowListQuery } from '#api/schemas/workflow-list.ts';
import { workflowPageSchema, workflowSchema } from '#api/schemas/workflow.ts';
import { historyView } from '#api/views/history-view.ts';
import { waitingView } from '#api/views/waiting-view.ts';
import { workflowView } from '#api/views/workflow-view.ts';
import { eventContext } from '#application/events/public-event.ts';
import type { Orchestration } from '#application/orchestration.ts';

/** Reading workflows: one, its history, and the list of all. */
export function workflowEndpoints(orchestration: Orchestration): readonly Endpoint[] {
  const list = endpoint({
    method: 'get',
    path: '/workflows',
    operationId: 'listWorkflows',
    tag: 'workflows',
    summary:
      'Workflows, newest first, a page at a time; a page ends before its limit where its workflows make more than about 8 MB',
    input: { query: workflowListQuery },
    replies: { 200: { description: 'A page', schema: workflowPageSchema } },
    handler: async ({ query: { cursor, limit, ...filter } }) => {
      const page = await orchestration.getActiveWorkflows(filter, cursor ?? null, limit);
      const nextCursor = page.next && encodeCursor(page.next);
      return {
        status: 200,
        body: { items: page.items.map((state) => workflowView(state)), nextCursor },
      };
    },
  });

  const one = endpoint({
    method: 'get',
    path: '/workflows/{id}',
    operationId: 'getWorkflow',
    tag: 'workflows',
    summary: 'One workflow with its steps',
    input: { params: workflowParams },
    replies: { 200: { description: 'The workflow', schema: workflowSchema } },
    handler: async ({ params: { id } }) => {
      const state = await orchestration.getWorkflowById(id);
      if (state === null) throw notFound(`workflow ${id}`);
      return { status: 200, body: workflowView(state, await orchestration.getWhy(state)) };
    },
  });

  const why = endpoint({
    method: 'get',
    path: '/workflows/{id}/why',
    operationId: 'getWhyWaiting',
    tag: 'workflows',
    summary: 'Why a workflow or its steps wait, until when, and what would change it',
    input: { params: workflowParams },
    replies: { 200: { description: 'One entry per thing that waits', schema: whySchema } },
    handler: async ({ params: { id } }) => {
      const state = await orchestration.getWorkflowById(id);
      if (state === null) throw notFound(`workflow ${id}`);
      return { status: 200, body: { items: (await orchestration.getWhy(state)).map(waitingView) } };
    },
  });

  const history = endpoint({
    method: 'get',
    path: '/workflows/{id}/events',
    operationId: 'getWorkflowHistory',
    tag: 'workflows',
    summary: 'The full history of a workflow, internal events included',
    input: { params: workflowParams },
    replies: { 200: { description: 'All events, oldest first', schema: historySchema } },
    handler: async ({ params: { id } }) => {
      // The log first: the state is then never older than an event of it.
      const log = await orchestration.getWorkflowHistory(id);
      const state = log && (await orchestration.getWorkflowById(id));
      if (!state) throw notFound(`workflow ${id}`);
      return { status: 200, body: historyView(log, eventContext(state)) };
    },
  });

  return [list, one, why, history];
}
