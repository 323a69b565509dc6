/** Takes the fields of a form when it is sent; the browser itself sends nothing. */
export function submitted(take: (fields: FormData, form: HTMLFormElement) => void): (event: SubmitEvent) => void {
  return (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    if (form instanceof HTMLFormElement) take(new FormData(form), form);
  };
}
