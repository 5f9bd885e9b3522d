export default function Screen() {
  return <h1>sessions</h1>;
}
