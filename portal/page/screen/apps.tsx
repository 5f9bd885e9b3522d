export default function Screen() {
  return <h1>apps</h1>;
}
