// Remembers what was said of each plan when it was made.
import * as z from 'zod';
import type { DovetailEvent } from '../ports/events.ts';
import type { PlanFigures } from '../report/plan-figures.ts';

const planMade = z.object({
  placedMore: z.number(),
  solver: z.object({
    pricePerHour: z.number(),
    baselinePerHour: z.number(),
    lowerBoundPerHour: z.number().optional(),
  }),
});

type Plan = z.infer<typeof planMade>['solver'] & { readonly placedMore: number };

export class PlanRecord {
  readonly #plans: Plan[] = [];

  see(event: DovetailEvent): void {
    if (event.type !== 'PlanMade') return;
    const { solver, placedMore } = planMade.parse(event.fields);
    this.#plans.push({ ...solver, placedMore });
  }

  figures(): PlanFigures {
    const buying = this.#plans.filter(buysNodes);
    const compared = this.#plans.filter(isComparable);
    const withoutNodes = compared.filter((plan) => !buysNodes(plan) && plan.baselinePerHour > 0).length;
    const notCompared = buying.length - buying.filter(isComparable).length;
    return {
      plans: buying.length,
      pricePerHour: sum(compared.map(({ pricePerHour }) => pricePerHour)),
      baselinePerHour: sum(compared.map(({ baselinePerHour }) => baselinePerHour)),
      ...(withoutNodes === 0 ? {} : { withoutNodes }),
      ...(notCompared === 0 ? {} : { notCompared }),
      ...provenOf(buying),
    };
  }
}

const buysNodes = ({ pricePerHour }: Plan): boolean => pricePerHour > 0;
/** Where Karpenter's algorithm places fewer pods or more, the two prices are not for the same. */
const isComparable = ({ placedMore }: Plan): boolean => placedMore === 0;

function provenOf(plans: readonly Plan[]): Pick<PlanFigures, 'proven'> {
  const proven = plans.flatMap(({ pricePerHour, lowerBoundPerHour: boundPerHour = 0 }) =>
    boundPerHour <= 0 ? [] : [{ pricePerHour, boundPerHour }],
  );
  if (proven.length === 0) return {};
  return {
    proven: {
      plans: proven.length,
      pricePerHour: sum(proven.map(({ pricePerHour }) => pricePerHour)),
      boundPerHour: sum(proven.map(({ boundPerHour }) => boundPerHour)),
      worstGap: Math.max(
        0,
        ...proven.map(({ pricePerHour, boundPerHour }) => pricePerHour / boundPerHour - 1),
      ),
    },
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
