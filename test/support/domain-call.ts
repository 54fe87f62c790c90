/** A call that a worker is making. Calls of one step share a name, so that they are answered as one. */
export type Call = {
  readonly stepId: string;
  readonly kind: 'do' | 'undo';
  readonly startedAt: number;
  readonly endsBy: number;
};
