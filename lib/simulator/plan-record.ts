// Remembers what was said of each plan when it was made.
import * as z from 'zod';
import type { DovetailEvent } from '../ports/events.ts';
import type { PlanFigures } from '../report/plan-figures.ts';

const planMade = z.object({
  solver: z.object({
    pricePerHour: z.number(),
    baselinePerHour: z.number(),
    lowerBoundPerHour: z.number().optional(),
  }),
});

type Plan = z.infer<typeof planMade>['solver'];

export class PlanRecord {
  readonly #plans: Plan[] = [];

  see(event: DovetailEvent): void {
    if (event.type !== 'PlanMade') return;
    const { solver } = planMade.parse(event.fields);
    if (solver.pricePerHour > 0) this.#plans.push(solver);
  }

  figures(): PlanFigures {
    const plans = this.#plans;
    const proven = plans.flatMap(({ pricePerHour, lowerBoundPerHour }) =>
      lowerBoundPerHour === undefined || lowerBoundPerHour <= 0
        ? []
        : [{ pricePerHour, boundPerHour: lowerBoundPerHour }],
    );
    return {
      plans: plans.length,
      pricePerHour: sum(plans.map(({ pricePerHour }) => pricePerHour)),
      baselinePerHour: sum(plans.map(({ baselinePerHour }) => baselinePerHour)),
      ...(proven.length === 0
        ? {}
        : {
            proven: {
              plans: proven.length,
              pricePerHour: sum(proven.map(({ pricePerHour }) => pricePerHour)),
              boundPerHour: sum(proven.map(({ boundPerHour }) => boundPerHour)),
              worstGap: proven.reduce(
                (worst, { pricePerHour, boundPerHour }) => Math.max(worst, pricePerHour / boundPerHour - 1),
                0,
              ),
            },
          }),
    };
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
