import type {
  MappingObject,
  StepDefinition,
  WorkflowDefinition,
} from '#domain/definition/definition.ts';

/** A definition as far as it could be read: what there is can be checked although other parts are at fault. */
export type DefinitionDraft = {
  readonly header: Pick<
    WorkflowDefinition,
    'definitionId' | 'version' | 'name' | 'timeoutMs' | 'lane' | 'cutOffAt'
  >;
  readonly steps: readonly StepDraft[];
  readonly output: MappingObject;
};

/** A step as far as it could be read; its place in the list is its place in the authored JSON. */
export type StepDraft = {
  /** null: there is none that is a text. */
  readonly stepId: string | null;
  readonly dependencies: readonly string[];
  /** null: not readable, or of a kind that can't be run. */
  readonly step: StepDefinition | null;
};

/** Services and the operations that may be called there, aliases included; operations null: any. */
export type ServiceCatalogue = Pick<
  ReadonlyMap<string, { readonly operations: ReadonlySet<string> | null }>,
  'get'
>;
