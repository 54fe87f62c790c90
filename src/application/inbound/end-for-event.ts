import type { IncomingEvent } from '#application/inbound/incoming-event.ts';
import type { Effect } from '#application/inbound/start-from-event.ts';
import type { EndAction, Trigger } from '#application/inbound/trigger.ts';
import type { CommandResult, Operator, Orchestration } from '#application/orchestration.ts';
import type { WorkflowHead, WorkflowStore } from '#application/ports/workflow-store.ts';
import type { WorkflowStatus } from '#domain/workflow/vocabulary.ts';

/** What each action may begin from (SPEC 2). */
const FROM: Readonly<Record<EndAction['action'], readonly WorkflowStatus[]>> = {
  cancel: ['PENDING', 'EXECUTING', 'PAUSED'],
  compensate: ['EXECUTING', 'PAUSED', 'FAILED'],
  'cancel-or-compensate': ['PENDING', 'EXECUTING', 'PAUSED', 'FAILED'],
};

/** Workflows of one type under one correlation id: beyond this something is wrong with the ids. */
const MOST = 1000;

type Commands = Pick<Orchestration, 'cancelWorkflow' | 'compensateWorkflow'>;

/**
 * Ends the workflows whose correlation id is the event's key. Those that have ended, or are being undone, are left as they are:
 * so the same event may come twice.
 * @throws StoreUnavailableError
 */
export function endForEvent(orchestration: Commands, store: Pick<WorkflowStore, 'list'>) {
  return async (
    event: IncomingEvent,
    trigger: Trigger & EndAction,
    correlationId: string,
  ): Promise<Effect> => {
    const { workflowType } = trigger;
    const filter = { correlationId, workflowType };
    const by = operatorOf(event, trigger);
    const ended = new Set<string>();
    for (;;) {
      const heads = await store.list({ ...filter, status: FROM[trigger.action] }, null, MOST);
      const open = heads.filter(({ workflowId }) => !ended.has(workflowId));
      if (open.length === 0) break;
      for (const head of open) {
        const result = await command(orchestration, trigger.action, head, by);
        if (result.kind === 'done') ended.add(head.workflowId);
        else if (!movedOn(result, head)) return refusal(result, head);
      }
    }
    if (ended.size > 0) return { kind: 'done', outcome: trigger.action, workflowIds: [...ended] };
    const [any] = await store.list(filter, null, 1);
    if (any === undefined) return nobody(trigger, correlationId);
    return { kind: 'done', outcome: 'ended before', workflowIds: [any.workflowId] };
  };
}

function command(
  orchestration: Commands,
  action: EndAction['action'],
  { workflowId, status }: WorkflowHead,
  by: Operator,
): Promise<CommandResult> {
  switch (action) {
    case 'cancel':
      return orchestration.cancelWorkflow(workflowId, { ...by, compensate: false });
    case 'compensate':
      return orchestration.compensateWorkflow(workflowId, by);
    case 'cancel-or-compensate':
      // A failed workflow can't be cancelled any more; what it has done can be undone.
      return status === 'FAILED'
        ? orchestration.compensateWorkflow(workflowId, by)
        : orchestration.cancelWorkflow(workflowId, { ...by, compensate: true });
  }
}

/** Then it is looked at again. */
function movedOn(result: CommandResult, { status }: WorkflowHead): boolean {
  return result.kind === 'illegal' && result.status !== status;
}

function refusal(result: CommandResult, { workflowId }: WorkflowHead): Effect {
  const why = result.kind === 'illegal' ? result.message : result.kind;
  return { kind: 'refuse', reason: 'rejected', detail: `workflow ${workflowId}: ${why}` };
}

function operatorOf({ id, type }: IncomingEvent, { name }: Trigger): Operator {
  return { by: `event:${name}`, reason: `event ${type ?? name} (${id})`.slice(0, 500) };
}

function nobody({ ifNone, workflowType }: Trigger & EndAction, correlationId: string): Effect {
  if (ifNone === 'ignore') return { kind: 'done', outcome: 'nothing to end', workflowIds: [] };
  const detail = `there is no ${workflowType} workflow with correlation id ${correlationId}`;
  return { kind: 'refuse', reason: 'unmatched', detail };
}
