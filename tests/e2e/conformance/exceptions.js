// Cases of api.md §19 that a build may not meet, and why. A case that a decision replaces is no exception but a test of what
// the decision says.

/** `missingType`: the destination type that the case needs; in a build that has it, the case is a test like the others. */
export const conformanceExceptions = {
  72: { missingType: 'aws_sqs', why: 'masking of AWS credentials' },
  142: { missingType: 'kafka', why: 'a select field with options' },
};
