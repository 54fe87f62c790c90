/** What a key `<workflowId>:<stepId>:do|undo` names (DESIGN 1.3): one effect of one step, over all retries. */
export type EffectKey = {
  readonly text: string;
  readonly workflowId: string;
  readonly stepId: string;
  readonly kind: 'do' | 'undo';
};

const MAX_KEY_LENGTH = 512;
const FORM = /^([^:]+):(.+):(do|undo)$/;

/** Reads an Idempotency-Key; null where it isn't of that form. */
export function parseKey(text: string): EffectKey | null {
  if (text.length > MAX_KEY_LENGTH) return null;
  const [, workflowId, stepId, kind] = FORM.exec(text) ?? [];
  if (workflowId === undefined || stepId === undefined) return null;
  return { text, workflowId, stepId, kind: kind === 'do' ? 'do' : 'undo' };
}

/** The text of a key. */
export function keyText(workflowId: string, stepId: string, kind: 'do' | 'undo'): string {
  return `${workflowId}:${stepId}:${kind}`;
}
