/** Lets a program of the command line end quietly when nobody reads on. */

/** To be called at the start of a program that prints its findings: `| head` closes the pipe before all is written. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') {
      throw error;
    }
    process.exit();
  });
}
