/** Stack names have no underscore, names of clusters may; two dashes keep `a_b` and `a-b` apart. */
export const stackName = (cluster: string): string => `dovetail-${cluster.replaceAll('_', '--')}`;
