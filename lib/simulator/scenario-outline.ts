// What of a scenario can be read whatever else is wrong with it: the names and times that are compared with the catalogue
// and the documents. What is not legible is undefined here, and the schema says why.
import * as z from 'zod';
import { duration } from '../config/kit.ts';

const legible = <S extends z.ZodType>(schema: S) => schema.optional().catch(undefined);
const part = <Shape extends z.ZodRawShape>(shape: Shape) => legible(z.object(shape));
const text = z.string().optional();

const event = part({
  at: legible(duration),
  scale: part({ deployment: text, statefulSet: text, replicaSet: text, job: text, namespace: text }),
  loseInstance: part({ nodePool: text }),
  market: part({ instanceType: legible(z.string()), zone: legible(z.string()) }),
});

const outline = part({
  cluster: part({ region: legible(z.string()), zones: legible(z.array(legible(z.string()))) }),
  documents: legible(z.array(part({ file: legible(z.string()) }))),
  arrivals: legible(z.array(part({ file: legible(z.string()), job: text, namespace: text }))),
  events: legible(z.array(event)),
  end: legible(duration),
});

export type ScenarioOutline = NonNullable<z.infer<typeof outline>>;
export type ArrivalsOutline = NonNullable<ScenarioOutline['arrivals']>[number];
export type EventOutline = NonNullable<z.infer<typeof event>>;

const document = z.object({ spec: outline });

/** `value` is a whole scenario document, an object. */
export const outlineOf = (value: unknown): ScenarioOutline => document.parse(value).spec ?? {};
