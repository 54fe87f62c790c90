/** Structured fields of a log line; workflowId and stepId are on every line that concerns one. */
export type LogFields = {
  readonly workflowId?: string;
  readonly stepId?: string;
  readonly [name: string]: unknown;
};

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
