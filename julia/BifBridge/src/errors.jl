# What can go wrong before BifurcationKit is asked, said in a sentence.

"""
    FieldError(message)

A vector field that cannot be used: it does not parse, or returns something else than a state.
"""
struct FieldError <: Exception
    message::String
end

Base.showerror(io::IO, error::FieldError) = print(io, error.message)

"""
    MissingPackageError(message)

A request that needs a Julia package which the active project does not have.
"""
struct MissingPackageError <: Exception
    message::String
end

Base.showerror(io::IO, error::MissingPackageError) = print(io, error.message)

"""
    Messages()

A logger that keeps warnings and errors as text, for the result, instead of printing them.
"""
struct Messages <: AbstractLogger
    texts::Vector{String}
end

Messages() = Messages(String[])

Logging.min_enabled_level(::Messages) = Logging.Warn
Logging.shouldlog(::Messages, arguments...) = true
Logging.catch_exceptions(::Messages) = true

function Logging.handle_message(messages::Messages, level, message, arguments...; keywords...)
    text = first(split(string(message), '\n'))
    length(messages.texts) < 100 && !(text in messages.texts) && push!(messages.texts, text)
    return nothing
end

"""
    quietly(f) -> (result, texts)

Call `f` while warnings are collected, not printed.
"""
function quietly(f)
    messages = Messages()
    result = with_logger(f, messages)
    return result, messages.texts
end

# An exception in one line, for a result.
oneline(error) = first(split(sprint(showerror, error), '\n'))
