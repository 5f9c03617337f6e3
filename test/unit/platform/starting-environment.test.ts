import { readStartingEnvironment } from '../../../functions/platform/settings.ts';

test('reads the variables that are set', () => {
  const variables = {
    RUN_FUNCTION: 'arn:aws:lambda:eu-central-1:111122223333:function:logout-run',
    RUN_QUALIFIER: '7',
    STACK: 'logout-test',
    MAX_TARGETS_CEILING: '3000',
    EXECUTION_TIMEOUT_SECONDS: '31622400',
    TOKEN_ROTATION: 'enabled',
  };

  expect(readStartingEnvironment(variables)).toEqual({
    runFunction: 'arn:aws:lambda:eu-central-1:111122223333:function:logout-run',
    runQualifier: '7',
    stack: 'logout-test',
    maxTargetsCeiling: 3_000,
    executionTimeoutMs: 31_622_400_000,
    tokenRotation: true,
  });
});

test('lists every problem in one error', () => {
  const variables = {
    RUN_FUNCTION: 'arn:aws:lambda:eu-central-1:111122223333:function:logout-run:live',
    RUN_QUALIFIER: '$LATEST',
    STACK: '',
    MAX_TARGETS_CEILING: '3001',
    EXECUTION_TIMEOUT_SECONDS: '30 days',
    TOKEN_ROTATION: 'yes',
  };

  expect(() => readStartingEnvironment(variables)).toThrow(
    /RUN_FUNCTION must be the name.*RUN_QUALIFIER must be an alias.*STACK must not be empty.*MAX_TARGETS_CEILING must be at most 3000.*EXECUTION_TIMEOUT_SECONDS must be a whole number of seconds.*TOKEN_ROTATION must be enabled or disabled/,
  );
});
