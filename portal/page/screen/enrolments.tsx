export default function Screen() {
  return <h1>enrolments</h1>;
}
