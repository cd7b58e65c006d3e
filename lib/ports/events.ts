import type { ObjectEvent } from '../model/object-event.ts';

/**
 * What happened, for people: the simulator prints these, the Lambdas log them and turn some into Kubernetes Events.
 * Emitting never fails and never decides anything.
 */
export interface Events {
  emit(event: DovetailEvent): void;
}

/** `type` is CamelCase in the past tense; `fields` hold ids and amounts with their units in the name. */
export interface DovetailEvent {
  readonly type: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** What of it is told about pods and nodes, as Events of the Kubernetes API; only where a function may write those. */
  readonly objects?: readonly ObjectEvent[];
}
