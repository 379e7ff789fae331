/** The command that stores a new login of an account, as hints name it. */
export function loginCommand(emailAddress: string): string {
  return `gmail-llm login --account ${emailAddress}`;
}
