# A formatter of RSpec for aloof: each file as its examples begin, the examples as they end, and the files at the end, as
# their examples may run in any order.

require "set"
require_relative "subunit"

class AloofFormatter
  RSpec::Core::Formatters.register self, :example_started, :example_passed, :example_failed, :example_pending, :message, :stop

  LOADING = /\AAn error occurred while loading (.*)\.$/.freeze

  def initialize(_output)
    @packets = Packets.new
    @names = Hash.new(0)
    @files = Set.new
    @file = nil
  end

  def example_started(notification)
    file = file_of(notification.example)
    return if file == @file
    @file = file
    @files << file
    @packets.tell(file, :inprogress)
  end

  def example_passed(notification)
    conclude(notification.example, :success)
  end

  def example_pending(notification)
    result = notification.example.execution_result
    conclude(notification.example, :skip, "reason" => result.pending_message)
  end

  def example_failed(notification)
    exception = notification.exception
    text = exception.message.to_s.strip
    frames = (exception.backtrace || []).map { |frame| "# #{frame}\n" }.join
    conclude(notification.example, :fail, "message" => text, "traceback" => "#{exception.class}:\n#{text}\n#{frames}")
  end

  # What goes wrong outside of examples is told by words only.
  def message(notification)
    text = notification.message.strip
    return unless text.start_with?("An error occurred ")
    loading = text[LOADING, 1]
    file = loading ? path(loading) : @file
    id = loading || !file ? file || text.lines.first.chomp(".\n") : "#{file} > #{text.lines.first.chomp.chomp('.')}"
    @packets.attach(id, "message", text.lines.first.chomp)
    @packets.attach(id, "traceback", text)
    @packets.tell(id, :fail, tags: [loading ? "collection" : "error"])
  end

  def stop(_notification)
    @files.each { |file| @packets.tell(file, :success) }
    @packets.done
  end

  private

  def conclude(example, status, texts = {})
    name = "#{file_of(example)} > #{example.full_description.strip}"
    same = (@names[name] += 1)
    id = same > 1 ? "#{name} ##{same}" : name
    texts.each { |title, text| @packets.attach(id, title, text.to_s) }
    @packets.tell(id, status)
  end

  # Where its outermost group is: shared examples are in files of their own.
  def file_of(example)
    path(example.example_group.parent_groups.last.metadata[:file_path])
  end

  def path(name)
    name.delete_prefix("./")
  end
end
