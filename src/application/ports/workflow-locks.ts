/**
 * Lets the processes take turns at a workflow, so that fewer commits are refused. Never needed for correctness, which is the
 * compare-and-set's: a lock that can't be had soon is gone without.
 */
export interface WorkflowLocks {
  /**
   * Runs the work, if possible while no other process does so for the same workflow; within a process callers take turns themselves.
   * Adds no fault of its own, and only a bounded delay.
   * @param work told whether another process has been at the workflow since this one was: what is known of it is old then
   */
  around<T>(workflowId: string, work: (overtaken: boolean) => Promise<T>): Promise<T>;
}
