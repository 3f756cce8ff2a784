/** The version of both programs (semver.org); the protocol counts for itself. */
export const version = "0.1.0";
