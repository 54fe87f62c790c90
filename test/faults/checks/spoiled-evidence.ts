import type { ExecutionContext } from 'ava';
import { succeeds, undone, vanishes } from '#test/support/domain-commands.ts';
import { call, definitionOf, read } from '#test/support/domain-definitions.ts';
import { check } from './check.ts';
import { evidenceOf, ID, type Story } from './evidence-of.ts';
import type { Evidence, Finding, Start, Stored } from './evidence.ts';

/* For the tests of the checks: each must be able to fail, so sound evidence is spoiled in each way in which an engine could break a promise. */

/** One that went well. */
export const COMPLETED: Story = {
  definition: definitionOf([call('a'), call('b', ['a'])]),
  ending: 'COMPLETED',
  commands: [succeeds('a'), succeeds('b')],
  effects: ['a:do', 'b:do'],
};

/** One whose second step was lost sight of. */
export const COMPENSATED: Story = {
  definition: definitionOf([call('a'), call('b', ['a']), read('c', ['b'])]),
  ending: 'COMPENSATED',
  commands: [succeeds('a'), vanishes('b'), undone('b'), undone('a')],
  effects: ['a:do', 'b:do', 'b:undo', 'a:undo'],
};

/** What the check must say of evidence that was sound but for one thing. */
export function finds(
  t: ExecutionContext,
  kind: Finding['kind'],
  what: RegExp,
  story: Story,
  spoil: (sound: Evidence) => Evidence,
): void {
  const findings = check(spoil(evidenceOf(story)));
  t.true(
    findings.some((finding) => finding.kind === kind && what.test(finding.what)),
    JSON.stringify(findings, null, 2),
  );
}

/** The same change to every start. */
export const changeStart = (change: Partial<Start>) => (sound: Evidence) => ({
  ...sound,
  starts: sound.starts.map((one) => ({ ...one, ...change })),
});

/** The same change to all that is stored. */
export const changeStored = (change: (stored: Stored) => Partial<Stored>) => (sound: Evidence) => ({
  ...sound,
  stored: new Map([...sound.stored].map(([id, one]) => [id, { ...one, ...change(one) }])),
});

/** By which the start was accepted. */
export const answer = { status: 201, workflowId: ID, tookMs: 1 };
