/** What the engine must know of a service to plan its steps. */
export interface ServiceDirectory {
  /** By name or alias; undefined: there is no such service in the registry. */
  find(nameOrAlias: string):
    | {
        /** The one name under which its queue runs. */
        readonly name: string;
        /** Of a call, where the step does not say. */
        readonly timeoutMs: number;
      }
    | undefined;
}
