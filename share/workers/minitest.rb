# Lists and runs the tests of minitest for aloof, as subunit packets on standard output:
#   minitest.rb list       each test as it is called, CLASS#METHOD, by the file that brought it
#   minitest.rb FILE ...   what `ruby FILE ...` does; the rest goes to minitest
# A file that cannot be loaded is listed by its name, as a test that fails when it runs.

require_relative "subunit"

# What a failure says, and its frames as Ruby writes them.
module Report
  def self.of(error)
    return error.message.gsub("#{Dir.pwd}/", "") if error.is_a?(SyntaxError) # it names its place itself
    text = lines(error)
    while (error = error.cause)
      text += "\nCaused by: " + lines(error)
    end
    text
  end

  def self.of_failure(failure)
    unexpected = failure.respond_to?(:error) && failure.error
    unexpected.is_a?(Exception) && unexpected != failure ? of(unexpected) : with_frames(failure.message, failure)
  end

  def self.lines(error)
    with_frames("#{error.class}: #{error.message}", error)
  end

  def self.with_frames(text, error)
    ([text.chomp] + (error.backtrace || []).map { |frame| "    #{frame}" }).join("\n") + "\n"
  end
end

# Minitest's reporters are replaced by this one.
class Teller
  def initialize(packets)
    @packets = packets
    @failed = false
    @began = {}
  end

  def start; end

  def report; end

  def synchronize
    yield
  end

  def passed?
    !@failed
  end

  def prerecord(type, name)
    @began[name] = processor_us
    @packets.tell("#{type}##{name}", :inprogress)
  end

  def record(result)
    type = result.respond_to?(:klass) ? result.klass : result.class
    id = "#{type}##{result.name}"
    alone = @began.size == 1
    began = @began.delete(result.name)
    tags = began && alone ? ["cpu_us=#{processor_us - began}"] : []
    conclude(id, result, tags)
  end

  private

  def conclude(id, result, tags)
    if result.skipped?
      @packets.attach(id, "reason", result.failure.message.lines.first.to_s.chomp)
      @packets.tell(id, :skip, tags: tags)
    elsif result.passed?
      @packets.tell(id, :success, tags: tags)
    else
      @failed = true
      @packets.attach(id, "traceback", result.failures.map { |failure| Report.of_failure(failure) }.join("\n"))
      @packets.tell(id, :fail, tags: tags)
    end
  end

  def processor_us
    Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID, :microsecond)
  end
end

# What goes wrong when the file is loaded; nil when it is there.
def load_error(file)
  load File.expand_path(file)
  nil
rescue SystemExit
  RuntimeError.new("it ends the process while it is loaded")
rescue StandardError, ScriptError, SystemStackError => error
  error
end

def loaded_tests
  Minitest::Runnable.runnables.flat_map do |type|
    type.name ? type.runnable_methods.map { |name| "#{type}##{name}" } : []
  end
end

def list(packets)
  Minitest.seed ||= 0 if Minitest.respond_to?(:seed) # in whose order methods are named; not so before 5.16
  known = {}
  files = Dir["{test,spec}/**/*.rb"].select { |file| File.basename(file) =~ /\A(test_.*|.*_test|.*_spec)\.rb\z/ }
  (files.sort - ["test/test_helper.rb"]).each do |file|
    broken = load_error(file)
    tests = broken ? [file] : loaded_tests.reject { |test| known[test] }
    tests.each do |test|
      known[test] = true
      packets.tell(test, :exists, tags: ["group=#{file}"])
    end
  end
  exit!(0) # without what waits for the end: autorun
end

def run(packets, file)
  $0 = file
  Minitest.singleton_class.prepend(Module.new do
    define_method(:init_plugins) do |options|
      super(options)
      reporter.reporters.replace([Teller.new(packets)])
    end
  end)
  broken = load_error(file)
  return Minitest.autorun unless broken
  packets.attach(file, "traceback", Report.of(broken))
  packets.tell(file, :fail, tags: ["collection", "group=#{file}"])
  exit!(1)
end

packets = Packets.new
begin
  require "minitest"
rescue LoadError
  abort "minitest is not installed for #{RbConfig.ruby}; `gem install minitest` brings it"
end
wanted = ARGV.shift
$stdout.sync = true
$stdout = $stderr if wanted == "list" # the listing is alone there
wanted == "list" ? list(packets) : run(packets, wanted)
