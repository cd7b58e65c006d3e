import { Option } from 'commander';

export const fileOption = (): Option =>
  new Option(
    '-f, --filename <paths...>',
    'files, directories (*.yaml, *.yml, *.json, recursively) or - for standard input',
  );
